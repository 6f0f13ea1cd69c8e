#!/bin/sh
# Runs in the new system (chroot), after its packages and the overlay.
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C.UTF-8

echo 'fr_FR.UTF-8 UTF-8' > /etc/locale.gen
locale-gen >/dev/null
printf 'LANG=fr_FR.UTF-8\n' > /etc/default/locale
ln -sf /usr/share/zoneinfo/Europe/Paris /etc/localtime
echo Europe/Paris > /etc/timezone

useradd --create-home --shell /bin/bash --groups sudo --comment 'Stagiaire' stagiaire
passwd --lock stagiaire >/dev/null
chmod 0440 /etc/sudoers.d/stagiaire
# A wheel carries no permission bits that can be relied on.
chmod 0755 /usr/local/lib/pcapra/seed /etc/initramfs-tools/scripts/local-bottom/settle
chown -R root:root /etc/sudoers.d /etc/ssh/pcapra /usr/local/lib/pcapra
sed -i 's/^#\?force_color_prompt=.*/force_color_prompt=yes/' /home/stagiaire/.bashrc
# Completions are read at the first Tab, not by every shell: that is most of a login's time under
# emulation. 124 makes bash look the completion up again (bash(1), Programmable Completion).
cat > /etc/profile.d/bash_completion.sh <<'END'
if [ -n "${BASH_VERSION-}" ] && [ -n "${PS1-}" ] && [ -z "${BASH_COMPLETION_VERSINFO-}" ]; then
    _pcapra_completion() { . /usr/share/bash-completion/bash_completion && return 124; }
    complete -D -o bashdefault -o default -F _pcapra_completion
fi
END
sed -i -e '/^if ! shopt -oq posix; then$/,$d' -e '/lesspipe/d' /home/stagiaire/.bashrc
printf '. /etc/profile.d/bash_completion.sh\n' >> /home/stagiaire/.bashrc

# man's index costs minutes under emulation at every installation; man itself does not need it.
echo 'man-db man-db/auto-update boolean false' | debconf-set-selections
rm -f /var/lib/man-db/auto-update

# One line of welcome instead of a page that fills a small pane.
rm -f /etc/update-motd.d/10-uname
# Two lines, for a pane of 60 columns.
printf 'Machine de laboratoire : sudo sans mot de passe.\nRien ne se casse pour de bon.\n' > /etc/motd
# sshd takes its PAM service from the name it is called by (no PAMServiceName before 9.8).
ln -s /usr/sbin/sshd /usr/local/sbin/pcapra-sshd

# Identity comes with the seed disk; nothing of the build machine stays.
rm -f /etc/ssh/ssh_host_* /etc/hostname /etc/hosts /etc/resolv.conf
# Not read by apt; the depot is filled from the same place as the system.
mv /etc/apt/sources.list /etc/apt/sources.list.debian
printf '127.0.0.1 localhost\n' > /etc/hosts
: > /etc/machine-id
mkdir -p /depot /etc/apt/keyrings /etc/ssh/pcapra/authorized_keys.d /var/lib/pcapra
chmod 0755 /etc/ssh/pcapra

systemctl enable --quiet systemd-networkd nftables pcapra-seed pcapra-sshd ssh cron
# Timers that a jump of the clock after a restore would fire, and waits that help nobody.
systemctl mask --quiet apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer \
    e2scrub_all.timer fstrim.timer man-db.timer systemd-tmpfiles-clean.timer \
    systemd-networkd-wait-online.service e2scrub_reap.service systemd-pstore.service \
    dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
systemctl set-default --quiet multi-user.target
systemctl disable --quiet getty@tty1.service

update-initramfs -u -k all >/dev/null
# The machine boots the initrd that the lab keeps: rebuilding it in a guest would cost a minute.
printf "update_initramfs=no\n" > /etc/initramfs-tools/update-initramfs.conf
printf "force-unsafe-io\n" > /etc/dpkg/dpkg.cfg.d/pcapra
apt-get clean
rm -f /etc/apt/apt.conf.d/99mmdebstrap /etc/dpkg/dpkg.cfg.d/99mmdebstrap
rm -rf /var/lib/apt/lists/* /var/log/apt /var/log/*.log
