/** One field of a form: label, input, and what is wrong with it, said where the field is. */
import type { RefObject } from 'preact';

/** `error` is shown below the field and marks it. `id` is unique on the page. */
export type FieldProps = {
  id: string;
  label: string;
  error: string | null;
  field: RefObject<HTMLInputElement | null>;
  placeholder: string;
  autoComplete: string;
  defaultValue?: string;
  maxLength?: number;
  onInput(): void;
};

/** See the file's sentence. */
export function Field({ id, label, error, field, ...input }: FieldProps) {
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        id={id}
        ref={field}
        aria-invalid={error !== null}
        aria-describedby={error === null ? undefined : `${id}-error`}
        {...input}
      />
      {error !== null && (
        <p id={`${id}-error`} class="field-error">
          {error}
        </p>
      )}
    </div>
  );
}
