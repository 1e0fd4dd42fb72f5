# Completion of troupe for bash.
_troupe() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} words='' word='' command='' topic=''
  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in
    run | check | ctl) [[ -n $command ]] || command=$word ;;
    status | nodes | registrations | calls | peers | tunnels | subscriber | drain | trace) [[ -n $topic ]] || topic=$word ;;
    esac
  done
  case $previous in
  --config | -c)
    mapfile -t COMPREPLY < <(
      compgen -f -X '!*.toml' -- "$current"
      compgen -d -S / -- "$current"
    )
    return
    ;;
  --admin) words="http://127.0.0.1:8080" ;;
  --token-file) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
  subscriber) words="add show remove list import" ;;
  import) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
  *)
    case $command:$topic in
    :*) words="run check ctl --help --version" ;;
    run:*) words="--config --help" ;;
    check:*) words="--config --explain --help" ;;
    ctl:) words="--admin --token-file --json --help status nodes registrations calls peers tunnels subscriber drain" ;;
    ctl:registrations | ctl:calls) words="--after --limit --help" ;;
    ctl:*) words="--help" ;;
    esac
    ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _troupe troupe
