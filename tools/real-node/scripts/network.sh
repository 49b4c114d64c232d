#!/bin/sh
# network.sh PID LINK HOST NODE PODS SERVICES: joins the network namespace of a process to this machine, so that this
# machine reaches node, Pods and Services; nothing leads from there to anywhere else.
set -eu
pid=$1 link=$2 host=$3 node=$4 pods=$5 services=$6

ip link delete "$link" 2>/dev/null || : # of a node that ended a moment ago
ip link add "$link" type veth peer name eth0 netns "$pid"
ip address add "$host/30" dev "$link"
ip link set "$link" up

inside() { nsenter --target "$pid" --net "$@"; }
inside ip link set lo up
inside ip address add "$node/30" dev eth0
inside ip link set eth0 up
inside ip route add "$services" dev lo src "$node" # a process of the node needs a route before kube-proxy's rules apply
inside sh -c 'echo 1 >/proc/sys/net/ipv4/ip_forward; echo 1 >/proc/sys/net/ipv4/conf/all/route_localnet'

ip route add "$pods" via "$node"
ip route add "$services" via "$node"
