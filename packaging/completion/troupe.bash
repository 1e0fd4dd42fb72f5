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
  subscriber) words="add show remove list import" ;;
  import) mapfile -t COMPREPLY < <(compgen -f -- "$current") && return ;;
  *)
    case $command:$topic in
    :*) words="run check ctl --help --version" ;;
    run:* | check:*) words="--config --help" ;;
    ctl:) words="--admin --json --help status registrations calls subscriber" ;;
    ctl:*) words="--help" ;;
    esac
    ;;
  esac
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}
complete -F _troupe troupe
