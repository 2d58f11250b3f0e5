/** How requests are checked: exactly as their schemas say, with nothing converted but whole numbers in a query. */
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

const WHOLE_NUMBER = /^-?\d{1,15}$/;

/** Compiles one schema. TypeBox's own conversion would take `1.5`, `true` and an empty text for numbers. */
export const compileSchema: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  return (input: unknown) => {
    const value = httpPart === 'querystring' ? readNumbers(schema, input) : input;
    return validator.Check(value) ? { value } : { error: validator.Errors(value) };
  };
};

function readNumbers(schema: TSchema, input: unknown): unknown {
  if (typeof input !== 'object' || input === null || !('properties' in schema)) return input;
  const properties = Object.entries(Object(schema.properties));
  const whole = new Set(properties.filter(([, part]) => Object(part).type === 'integer').map(([name]) => name));
  const entries = Object.entries(input).map(([name, value]) => {
    const isNumber = whole.has(name) && typeof value === 'string' && WHOLE_NUMBER.test(value);
    return [name, isNumber ? Number(value) : value];
  });
  return Object.fromEntries(entries);
}
