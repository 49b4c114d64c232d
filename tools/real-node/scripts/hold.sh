#!/bin/sh
# hold.sh FOLDER BIN CGROUP LINK LOCK CLAIM: the node's namespaces, for as long as standard input is open, and the removal
# of what the kernel does not remove with them. Outlives whoever started it, and ends by itself.
set -u
folder=$1 bin=$2 cgroup=$3 link=$4 lock=$5 claim=$6 starter=$PPID
trap '' HUP INT TERM # only the end of its input ends it

exec 9<"$lock" # held until this node's last process is gone
flock --wait 30 9 || {
  echo 'another node of this machine does not end' >&2
  exit 1
}

if [ -e /sys/fs/cgroup/cgroup.controllers ]; then # version 2
  for controller in cpu cpuset memory pids io hugetlb; do
    echo "+$controller" >/sys/fs/cgroup/cgroup.subtree_control
  done 2>/dev/null
  hierarchies=/sys/fs/cgroup
else
  hierarchies=/sys/fs/cgroup/*
fi
for hierarchy in $hierarchies; do mkdir -p "$hierarchy/$cgroup"; done

unshare --net --mount --pid --fork --kill-child --propagation private -- "$(dirname "$0")/inside.sh" "$folder" "$bin"

# Every process of the node is gone, and its mounts, addresses and iptables rules with it.
ip link delete "$link" 2>/dev/null # or the kernel does it a moment later
grep -qs "\"pid\":$starter," "$claim" && rm -f "$claim"
for tried in 1 2 3 4 5 6 7 8 9 10; do
  left=
  for hierarchy in $hierarchies; do
    [ -d "$hierarchy/$cgroup" ] || continue
    find "$hierarchy/$cgroup" -depth -type d -exec rmdir {} \; 2>/dev/null
    [ -d "$hierarchy/$cgroup" ] && left=yes
  done
  [ -z "$left" ] && exit 0
  sleep 0.2
done
echo "the cgroups $cgroup could not be removed" >&2
exit 1
