# Everything of a host that an installation may change, one thing a line, in an order that does not depend on time.
# Left out: logs, caches and indices that programs write by themselves, and the copies that shadow keeps of its files.
set -e
export LC_ALL=C
echo "# packages"
dpkg-query --show --showformat '${db:Status-Abbrev} ${Package} ${Version}\n' | sort
echo "# accounts"
cat /etc/passwd /etc/group /etc/shadow /etc/gshadow /etc/subuid /etc/subgid | sort
echo "# files"
find /etc /usr/local /srv /root /home /opt /var/lib /var/cache -xdev \
  -not -path '/opt/anklume*' -not -path '/var/lib/apt/*' -not -path '/var/lib/dpkg/*' -not -path '/var/cache/apt/*' \
  -not -path '/var/cache/ldconfig/*' -not -path '/etc/ld.so.cache' -not -path '/var/cache/debconf*' \
  -not -path '/var/lib/systemd/*' -not -path '/etc/*-' \
  \( -type f -printf '%p %m %U %G ' -exec md5sum {} \; \
  -o -type l -printf '%p -> %l\n' -o -type d -printf '%p/ %m %U %G\n' \) | sed 's/  .*//' | sort
echo "# kernel settings"
for key in net/ipv4/ip_forward net/ipv6/conf/all/forwarding; do echo "$key $(cat "/proc/sys/$key")"; done
echo "# services"
systemctl list-unit-files --no-legend --plain | sort
systemctl list-units --no-legend --plain --state=running | awk '{ print $1 }' |
  grep -v -E 'hostnamed|localed|timedated|apt-daily|e2scrub|^session|^user' | sort
systemctl list-units --all --no-legend --plain 'anklume*' 'incus*' 'lxc*'
echo "# rules"
nft --stateless list ruleset
echo "# links, routes and mounts"
ip -brief link | awk '{ sub(/@.*/, "", $1); print $1 }' | sort
ip rule
ip route
awk '{ print $2 }' /proc/mounts | sort
