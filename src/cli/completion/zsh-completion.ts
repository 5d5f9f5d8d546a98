/**
 * Completion for zsh 5, with what each word means. Nothing of Tutti runs while the user types.
 */
import { type CompletedOption, type CompletedWords, type CompletionPlace, flagsOf, pathPattern, quoted } from './completion-words.ts';

/** The script: a function file for `fpath`, which may also be sourced. */
export function zshCompletion({ places, everywhere }: CompletedWords, programs: readonly string[]): string {
  const valued = flagsOf(everywhere.filter(({ takesValue }) => takesValue)).join('|');
  return `#compdef ${programs.join(' ')}
# Completion of ${programs.join(' and ')} for zsh, made by: ${programs[0]} completion zsh
_tutti_completion() {
  local where='' files='' word i
  local -a found options
  for ((i = 2; i < CURRENT; i++)); do
    word=$words[i]
    case $word in
      ${valued}) ((i++)) ;;
      -*) ;;
      *) case "$where $word" in
        ${pathPattern(places)}) where="\${where:+$where }$word" ;;
      esac ;;
    esac
  done
  case "$where:$words[CURRENT-1]" in
${[...places.flatMap(({ path, options }) => valueCases(quoted(path), options)), ...valueCases('*', everywhere)].join('\n')}
  esac
  options=(${described(everywhere)})
  case $where in
${places.map(placeCase).join('\n')}
  esac
  if [[ $words[CURRENT] == -* ]]; then
    _describe -o option options
  elif (( $#found )); then
    _describe command found
  elif [[ -n $files ]]; then
    _files
  fi
}
if [ "$funcstack[1]" = ${quoted(`_${programs[0]}`)} ]; then
  _tutti_completion "$@"
else
  compdef _tutti_completion ${programs.join(' ')}
fi
`;
}

function placeCase({ path, words, options, files }: CompletionPlace): string {
  const found = words.map(({ word, says }) => quoted(`${word}:${says}`)).join(' ');
  return `    ${quoted(path)}) found=(${found}); files=${files ? 'yes' : "''"}; options+=(${described(options)}) ;;`;
}

function described(options: readonly CompletedOption[]): string {
  return options.flatMap((option) => flagsOf([option]).map((flag) => quoted(`${flag}:${option.says}`))).join(' ');
}

/** What follows an option that takes a value: one of its choices, or a file. */
function valueCases(path: string, options: readonly CompletedOption[]): string[] {
  return options.flatMap((option) => {
    if (!option.takesValue) return [];
    const patterns = flagsOf([option]).map((flag) => `${path}:${flag}`);
    const anything = option.files ? '_files' : ':';
    const values = option.choices.length === 0 ? anything : `compadd -- ${option.choices.map(quoted).join(' ')}`;
    return [`    ${patterns.join('|')}) ${values}; return ;;`];
  });
}
