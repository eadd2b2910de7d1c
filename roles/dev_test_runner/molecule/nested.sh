#!/bin/sh
# Starts a container from nothing but busybox in the Incus of this machine, and removes it.
set -e
folder=$(mktemp -d)
cd "$folder"
mkdir -p rootfs/bin rootfs/sbin rootfs/etc rootfs/proc rootfs/sys rootfs/dev rootfs/tmp
cp /bin/busybox rootfs/bin/busybox
ln -s busybox rootfs/bin/sh
ln -s ../bin/busybox rootfs/sbin/init
echo '::sysinit:/bin/busybox true' >rootfs/etc/inittab
printf 'architecture: %s\ncreation_date: 1700000000\n' "$(uname -m)" >metadata.yaml
tar -c -f nested.tar metadata.yaml rootfs
incus image import nested.tar --alias nested --quiet
incus launch nested inner --quiet
incus exec inner -- /bin/busybox echo from inside
incus delete --force inner
incus image delete nested
rm -r "$folder"
