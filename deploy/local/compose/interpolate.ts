/** Variables in the texts of a compose file, as the Compose specification has them. */

/** Answers the value of a variable; undefined where it is not set. */
export type Variables = (name: string) => string | undefined;

const OPENING = /\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(:?[-?])?)/g;

/**
 * Replaces `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME-default}`, `${NAME:?message}` and `$$`; a default may hold variables itself. Throws
 * `NAME is missing: message` where a variable that must be given is not, and for what it does not understand.
 */
export function interpolate(text: string, variables: Variables): string {
  let result = '';
  let end = 0;
  OPENING.lastIndex = 0;
  for (let match = OPENING.exec(text); match !== null; match = OPENING.exec(text)) {
    const [whole, dollar, bare, name = '', operator = ''] = match;
    result += text.slice(end, match.index);
    end = match.index + whole.length;
    if (dollar !== undefined) {
      result += '$';
    } else if (bare !== undefined) {
      result += variables(bare) ?? '';
    } else {
      const close = closing(text, end);
      const rest = text.slice(end, close);
      result += referred({ name, operator, rest }, variables);
      end = close + 1;
    }
    OPENING.lastIndex = end;
  }
  return result + text.slice(end);
}

function closing(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at += 1) {
    if (text.startsWith('${', at)) depth += 1;
    if (text[at] === '}') depth -= 1;
    if (depth === 0) return at;
  }
  throw new Error(`a \${ is not closed in ${text}`);
}

type Reference = { name: string; operator: string; rest: string };

function referred({ name, operator, rest }: Reference, variables: Variables): string {
  if (operator === '' && rest !== '') throw new Error(`\${${name}${rest}} is not understood`);
  const value = variables(name);
  const isGiven = value !== undefined && !(operator.startsWith(':') && value === '');
  if (isGiven) return value;
  if (operator.endsWith('?')) throw new Error(`${name} is missing: ${rest}`);
  return operator.endsWith('-') ? interpolate(rest, variables) : '';
}
