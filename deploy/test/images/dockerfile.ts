/** A Dockerfile as stages of steps, each with its text and what a parser found in it. */
import { readFileSync } from 'node:fs';
import { Copy, DockerfileParser, Env, From, type Instruction } from 'dockerfile-ast';

/** One step of a stage; `args` are those of COPY without its flags, `pairs` those of ENV. */
export type Step = {
  keyword: string;
  text: string;
  args: readonly string[];
  from: string | null;
  pairs: readonly (readonly [string, string])[];
};

/** `base` is the name of another stage, or an image. */
export type Stage = { name: string; base: string; steps: readonly Step[] };

/** All stages in the order of the file. */
export function readStages(file: string): Stage[] {
  const stages: (Stage & { steps: Step[] })[] = [];
  for (const instruction of DockerfileParser.parse(readFileSync(file, 'utf8')).getInstructions()) {
    if (instruction instanceof From) {
      const [image = ''] = instruction.getExpandedArguments().map((argument) => argument.getValue());
      stages.push({ name: instruction.getBuildStage() ?? image, base: image, steps: [] });
    } else {
      stages.at(-1)?.steps.push(stepOf(instruction));
    }
  }
  return stages;
}

function stepOf(instruction: Instruction): Step {
  const isCopy = instruction instanceof Copy;
  const properties = instruction instanceof Env ? instruction.getProperties() : [];
  return {
    keyword: instruction.getKeyword(),
    text: instruction.getArgumentsContent() ?? '',
    args: instruction.getArguments().map((argument) => argument.getValue()),
    from: isCopy ? (instruction.getFromFlag()?.getValue() ?? null) : null,
    pairs: properties.map((property) => [property.getName(), property.getValue() ?? ''] as const),
  };
}

/** The program and arguments of `CMD ["…"]`; throws where it is written as a shell would read it. */
export function commandOf(text: string): string[] {
  const [, list] = /CMD\s*(\[.*\])\s*$/s.exec(`CMD ${text}`) ?? [];
  const command: unknown = JSON.parse(list ?? 'null');
  if (!Array.isArray(command)) throw new Error(`not in exec form: ${text}`);
  return command.map(String);
}
