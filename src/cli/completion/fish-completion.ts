/**
 * Completion for fish 3, with what each word means. Nothing of Tutti runs while the user types.
 */
import { type CompletedOption, type CompletedWords, type CompletionPlace, quoted } from './completion-words.ts';

/** The script to be sourced. */
export function fishCompletion({ places, everywhere }: CompletedWords, programs: readonly string[]): string {
  const valued = everywhere.filter(({ takesValue }) => takesValue).map(({ long }) => long);
  const paths = places.filter(({ path }) => path !== '').map(({ path }) => quoted(path));
  const lines = programs.flatMap((program) => [
    ...everywhere.map((option) => `complete -c ${program} ${fishFlags(option)} -d ${quoted(option.says)}`),
    ...places.flatMap((place) => placeLines(program, place)),
  ]);
  return `# Completion of ${programs.join(' and ')} for fish, made by: ${programs[0]} completion fish
function __tutti_place
    set -l place
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1
            set skip 0
        else if contains -- $word ${valued.join(' ')}
            set skip 1
        else if not string match -q -- '-*' $word
            if contains -- (string trim -- "$place $word") ${paths.join(' ')}
                set place (string trim -- "$place $word")
            end
        end
    end
    echo $place
end
function __tutti_at
    test (__tutti_place) = "$argv[1]"
end
${lines.join('\n')}
`;
}

function placeLines(program: string, { path, words, options, files }: CompletionPlace): string[] {
  const at = `complete -c ${program} -n ${quoted(`__tutti_at "${path}"`)}`;
  return [
    ...(files ? [] : [`${at} -f`]),
    ...words.map(({ word, says }) => `${at} -f -a ${word} -d ${quoted(says)}`),
    ...options.map((option) => `${at} ${fishFlags(option)} -d ${quoted(option.says)}`),
  ];
}

function fishFlags({ long, short, takesValue, choices, files }: CompletedOption): string {
  const flags = `${short === null ? '' : `-s ${short.slice(1)} `}-l ${long.slice(2)}`;
  if (!takesValue) return flags;
  return choices.length === 0 ? `${flags} ${files ? '-r' : '-x'}` : `${flags} -x -a ${quoted(choices.join(' '))}`;
}
