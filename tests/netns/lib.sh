# Two hosts in namespaces of their own, for the scenarios beside this file: `a` is the user's
# machine, `b` is everybody else. Nothing here can reach the real network.
#
# Runs below `unshare -Urnmp --fork --mount-proc`, so that everything it starts ends with it.
# The environment gives PROGRAM (recharge-doctor), RIG (the test binary, which serves), HERE
# (this folder) and FOLDER (for files). The result is what the probe prints and its exit code;
# 99 says that the scene could not be set.
# Fails inside functions too.
set -Eeuo pipefail
trap 'echo "$BASH_SOURCE:$LINENO: failed: $BASH_COMMAND" >&2; exit 99' ERR

# Addresses that the probe takes for public ones; 198.18.0.7 is one of a proxy's fake ones.
A4=93.184.216.1 B4=93.184.216.34 A6=2606:2800:220:1::1 B6=2606:2800:220:1::34
SHOP=shop.example.com
CA=$FOLDER/ca.pem

on_a() { ip netns exec a "$@"; }
on_b() { ip netns exec b "$@"; }

# Sets up both hosts, joined by one cable; with arguments, by a bridge that gets them.
two_hosts() {
  ip link set lo up
  mount -t tmpfs tmpfs /run
  mkdir -p /run/netns
  ip netns add a
  ip netns add b
  if (($# == 0)); then
    ip link add va type veth peer name vb
  else
    ip link add va type veth peer name ma
    ip link add vb type veth peer name mb
    ip link set dev ma up
    ip link set dev mb up
  fi
  ip link set dev va netns a
  ip link set dev vb netns b
  host a va $A4 $A6
  host b vb $B4 $B6
  neighbour a va $B4 b vb
  neighbour b vb $A4 a va
  if (($# > 0)); then
    # A pipe for each: the next reader must not meet the end of the last writer.
    mkfifo "$FOLDER/bridge-ready"
    python3 "$HERE/bridge.py" ma mb "$@" --ready "$FOLDER/bridge-ready" --lost "$FOLDER/lost" &
    read -r _ <"$FOLDER/bridge-ready"
  fi
  # The machine's own resolvers are not to be asked, and no name service but DNS.
  echo 'hosts: files dns' >"$FOLDER/nsswitch.conf"
  mount --bind "$FOLDER/nsswitch.conf" /etc/nsswitch.conf
  resolver $B4
}

host() { # NAME INTERFACE IPV4 IPV6
  ip -n "$1" link set lo up
  ip -n "$1" addr add "$3/24" dev "$2"
  ip -n "$1" addr add "$4/64" dev "$2" nodad
  ip -n "$1" link set dev "$2" up
  # Checksums that nobody fills in would be wrong behind a bridge.
  ip netns exec "$1" ethtool -K "$2" tx off gso off tso off gro off >/dev/null
}

# Tells a host where the other one is, so that no measurement starts with a question by ARP.
neighbour() { # HOST INTERFACE ADDRESS OTHER-HOST OTHER-INTERFACE
  ip -n "$1" neigh replace "$3" dev "$2" nud permanent \
    lladdr "$(ip netns exec "$4" cat "/sys/class/net/$5/address")"
}

# Makes this address the only name server of the machine.
resolver() {
  printf 'nameserver %s\n' "$1" >"$FOLDER/resolv.conf"
  mountpoint -q /etc/resolv.conf || mount --bind "$FOLDER/resolv.conf" /etc/resolv.conf
}

# Serves on `b` (see tests/suite/probe/rig/serve.rs) and returns when everything listens.
serve() {
  mkfifo "$FOLDER/ready"
  RECHARGE_DOCTOR_RIG="$*" RECHARGE_DOCTOR_RIG_CA=$CA RECHARGE_DOCTOR_RIG_READY=$FOLDER/ready \
    on_b "$RIG" --exact probe::rig_server --nocapture >"$FOLDER/rig.log" 2>&1 &
  read -r _ <"$FOLDER/ready"
}

# The names of the zone, the shop in TLS and the shop in plain HTTP.
serve_shop() {
  serve "dns@$B4:53=$B4,$B6 http@$B4:80=ok http@[$B6]:80=ok tls@$B4:443=good tls@[$B6]:443=good"
}

# Rules of a firewall on a host: a type, a hook, and the rule.
filter() { # HOST HOOK RULE…
  local host=$1 hook=$2
  shift 2
  ip netns exec "$host" nft add table inet rig
  ip netns exec "$host" nft add chain inet rig "$hook" \
    "{ type filter hook $hook priority 0 ; policy accept ; }"
  ip netns exec "$host" nft add rule inet rig "$hook" "$@"
}

# The probe on the user's machine, as the last act.
probe() {
  trap - ERR
  on_a "$PROGRAM" probe --format json --lang en "$@"
}
