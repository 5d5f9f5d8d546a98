/**
 * Completion for bash 3.2 and later. Nothing of Tutti runs while the user types.
 */
import { type CompletedOption, type CompletedWords, type CompletionPlace, flagsOf, pathPattern, quoted } from './completion-words.ts';

/** The script to be sourced. */
export function bashCompletion({ places, everywhere }: CompletedWords, programs: readonly string[]): string {
  const valued = flagsOf(everywhere.filter(({ takesValue }) => takesValue)).join('|');
  return `# Completion of ${programs.join(' and ')} for bash, made by: ${programs[0]} completion bash
_tutti_files() {
  local IFS=$'\\n'
  COMPREPLY=($(compgen -f -- "$1"))
}
_tutti_completion() {
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} path='' word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
      ${valued}) ((i++)) ;;
      -*) ;;
      *) case "$path $word" in
        ${pathPattern(places)}) path="\${path:+$path }$word" ;;
      esac ;;
    esac
  done
  case "$path:$prev" in
${[...places.flatMap(({ path, options }) => valueCases(quoted(path), options)), ...valueCases('*', everywhere)].join('\n')}
  esac
  local words='' files='' options=${quoted(flagsOf(everywhere).join(' '))}
  case $path in
${places.map(placeCase).join('\n')}
  esac
  if [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -n $words ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ -n $files ]]; then
    _tutti_files "$cur"
  fi
}
complete -o filenames -F _tutti_completion ${programs.join(' ')}
`;
}

function placeCase({ path, words, options, files }: CompletionPlace): string {
  const named = words.map(({ word }) => word).join(' ');
  return `    ${quoted(path)}) words=${quoted(named)}; files=${files ? 'yes' : "''"}; options+=${quoted(` ${flagsOf(options).join(' ')}`)} ;;`;
}

/** What follows an option that takes a value: one of its choices, or a file. */
function valueCases(path: string, options: readonly CompletedOption[]): string[] {
  return options.flatMap((option) => {
    if (!option.takesValue) return [];
    const patterns = flagsOf([option]).map((flag) => `${path}:${flag}`);
    const words = quoted(option.choices.join(' '));
    const anything = option.files ? '_tutti_files "$cur"' : ':';
    const values = option.choices.length === 0 ? anything : `COMPREPLY=($(compgen -W ${words} -- "$cur"))`;
    return [`    ${patterns.join('|')}) ${values}; return ;;`];
  });
}
