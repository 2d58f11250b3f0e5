/** Input that its schema refused: what the validator said, for the error writer to put into words. */

/** One complaint of the validator, in the shape that TypeBox and Fastify share. */
export type Complaint = { keyword: string; instancePath: string; params: Record<string, unknown> };

/** Becomes VALIDATION_FAILED with `details.fields`. */
export class InvalidInput extends Error {
  readonly validation: readonly Complaint[];

  constructor(validation: readonly Complaint[]) {
    super('input does not match its schema');
    this.name = 'InvalidInput';
    this.validation = validation;
  }
}
