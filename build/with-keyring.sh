#!/usr/bin/env bash
# Runs a command with a keychain of its own: private home and runtime folder, a session bus, an unlocked gnome-keyring.
# Where those programs are not (macOS, Windows), the command runs as it is.
set -euo pipefail
if ! command -v dbus-run-session >/dev/null || ! command -v gnome-keyring-daemon >/dev/null; then exec "$@"; fi

home="$(mktemp -d)" runtime="$(mktemp -d)"
chmod 700 "$home" "$runtime"
trap 'rm -rf "$home" "$runtime"' EXIT
export HOME="$home" XDG_RUNTIME_DIR="$runtime"
unset DBUS_SESSION_BUS_ADDRESS DISPLAY WAYLAND_DISPLAY XDG_CONFIG_HOME XDG_DATA_HOME XDG_CACHE_HOME

# shellcheck disable=SC2016  # $@ is the inner shell's
dbus-run-session -- bash -c '
  printf "test" | gnome-keyring-daemon --unlock --components=secrets >/dev/null 2>&1
  for _ in $(seq 50); do
    dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets \
      org.freedesktop.DBus.Peer.Ping >/dev/null 2>&1 && break
    sleep 0.1
  done
  "$@"' _ "$@"
