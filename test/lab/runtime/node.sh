# The lab's node, from inside: run by `unshare` as PID 1 of new mount, network, UTS, IPC and PID namespaces. All that containerd
# and the network plugins write goes to file systems in memory, so that nothing of it is left on the machine.
set -eu
# /proc still is the machine's: this is the number under which the machine knows us.
read -r pid rest < /proc/self/stat
mount -t proc proc /proc
for folder in /run /var/lib /dev/shm; do mount -t tmpfs tmpfs "$folder"; done
mkdir /run/lab
hostname "$1"
ip link set lo up
ip link add eth0 type veth peer name wire
ip addr add "$2" dev eth0
ip link set eth0 up
ip link set wire up
echo "$pid"
# Waits until the files that follow are in /run/lab.
read -r go
containerd --config /run/lab/containerd.toml > /run/lab/containerd.log 2>&1 &
exec /run/lab/init
