#!/bin/sh
# Runs a script with a Python that Talkoot can use: 3.11 or newer, with venv and SSL.
# Says in plain words what is missing when there is none.
set -u
cd "$(dirname "$0")/.." || exit 1

if [ -n "${PYTHON:-}" ]; then candidates=$PYTHON; else
    candidates="python3 python3.13 python3.12 python3.11 python3.14 python"
fi
reasons=""
for name in $candidates; do
    command -v "$name" >/dev/null 2>&1 || continue
    reason=$("$name" - 2>/dev/null <<'PY'
import sys
if sys.version_info < (3, 11):
    print("is %d.%d; 3.11 or newer is needed" % sys.version_info[:2])
    sys.exit()
for module in ("venv", "ensurepip", "ssl", "sqlite3"):
    try:
        __import__(module)
    except ImportError:
        hint = " (Debian, Ubuntu: apt install python3-venv)" if module in ("venv", "ensurepip") else ""
        print("has no module %s%s" % (module, hint))
        sys.exit()
print("good")
PY
    ) || continue
    if [ "$reason" = "good" ]; then
        exec "$name" "$@"
    fi
    [ -n "$reason" ] && reasons="$reasons  $name $reason
"
done

echo "Talkoot needs Python 3.11 or newer with venv, and found none." >&2
printf '%s' "$reasons" >&2
echo "Install one (https://www.python.org/downloads/) or name it: PYTHON=/path/to/python3.12 make run" >&2
exit 1
