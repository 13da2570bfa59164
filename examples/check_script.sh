#!/usr/bin/env bash
# Starts a training script of Megatron-LM only if its flags are those of the checkpoint's model.
#
#     examples/check_script.sh CHECKPOINT SCRIPT [ARGUMENT...]
#
# CHECKPOINT is a config.json or the folder that holds it. SCRIPT is bash with the flags in it, such as
# tiny/pretrain.sh beside this file. It is read first, and run with the arguments only after that. Nothing is started
# where a flag is wrong: Megatron would train another model, or load weights into one that computes something else.
set -euo pipefail

if (($# < 2)); then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
checkpoint=$1 script=$2
shift 2

# Prints a line for each wrong flag: what stands there, what the checkpoint has, and the field of it that decides.
# Exit codes: 0, no flag is wrong; 1, some are; 2, the script or the checkpoint cannot be read.
mcore-mappers check-args "$checkpoint" "$script" || {
    status=$?
    echo "not started: $script" >&2
    # What the flags have to be, for a script that has none yet.
    ((status == 1)) && echo "all of them: mcore-mappers args $checkpoint" >&2
    exit "$status"
}
exec bash "$script" "$@"
