#!/bin/sh
# inside.sh FOLDER BIN: process 1 of the node. Shows kubelet, containerd and containers a machine of their own where they
# would change the real one's files, says its process id outside, and ends with its input; every process of the node too.
set -eu
folder=$1 bin=$2
read -r pid rest </proc/self/stat # still the /proc outside
mount -t proc proc /proc

# Hybrid cgroups are version 1 to runtimes; they stumble over the empty version 2 beside it.
[ -e /sys/fs/cgroup/cgroup.controllers ] || umount /sys/fs/cgroup/unified 2>/dev/null || :

# The kubelet sets some sysctls that hold for the whole machine: it gets files of its own.
own() {
  [ -e "/proc/sys/$1" ] || return 0
  file=$folder/node/sysctl/$1
  mkdir -p "$(dirname "$file")"
  echo "$2" >"$file"
  mount --bind "$file" "/proc/sys/$1"
}
own vm/overcommit_memory 1
own vm/panic_on_oom 0
own kernel/panic 10
own kernel/panic_on_oops 1
own kernel/keys/root_maxkeys 1000000
own kernel/keys/root_maxbytes 25000000

# Folders whose names kubelet, containerd, runc and CNI plugins know; the node's own files are reached below /run.
mkdir -p "$folder/node/run/sympozium" "$folder/node/run/sympozium-bin" "$folder/node/lib" "$folder/node/log"
mount --bind "$folder" "$folder/node/run/sympozium"
mount --bind "$bin" "$folder/node/run/sympozium-bin"
mount --rbind "$folder/node/run" /run
mount --bind /run/sympozium/node/lib /var/lib
mount --bind /run/sympozium/node/log /var/log

exec 3<&0
cat <&3 >/dev/null &
echo "$pid"
wait # also for processes that lost their parent; ends when the input does
