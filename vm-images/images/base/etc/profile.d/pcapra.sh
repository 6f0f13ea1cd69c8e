# Backspace over « é » erases one character: SSH cannot ask for it (RFC 4254 has no IUTF8 before 8160).
[ -t 0 ] && stty iutf8 2>/dev/null
export EDITOR=${EDITOR:-nano} LESS=${LESS:--R}
