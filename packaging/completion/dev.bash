# Completion of ./dev for bash:  source packaging/completion/dev.bash
_troupe_dev() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words=
  if ((COMP_CWORD == 1)); then
    words="run test build check bench format package setup help --help"
  else
    case ${COMP_WORDS[1]}:$previous in
    test:--label) words="unit flow e2e interop" ;;
    build:--preset) words="dev release asan tsan fuzz" ;;
    run:*) words="--once --help" ;;
    test:*) words="--label --only --asan --tsan --help" ;;
    build:*) words="--preset troupe --help" ;;
    check:*) words="format scripts layering docs tidy fuzz --changed --help" ;;
    setup:*) words="build run test interop check bench package --help" ;;
    format:*) words=--all && [[ $current == -* ]] || mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
    esac
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _troupe_dev ./dev
