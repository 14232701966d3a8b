#!/usr/bin/env bash
# How long a program takes that runs an empty coroutine, above one that does nothing: as the SDK builds it, published
# ReadyToRun, and as native code.
#
#   bash bench/start.sh [--rounds N]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

rid=$(dotnet msbuild bench/Gyre.Start -getProperty:NETCoreSdkRuntimeIdentifier)
out=$PWD/artifacts/start
{
  dotnet build bench/Gyre.Bench -c Release -v quiet
  dotnet publish bench/Gyre.Start -c Release -o "$out/jit" -v quiet
  dotnet publish bench/Gyre.Start -c Release -r "$rid" --self-contained false -p:PublishReadyToRun=true -o "$out/r2r" -v quiet
  dotnet publish bench/Gyre.Start -c Release -r "$rid" -p:PublishAot=true -o "$out/native" -v quiet
} >&2
dotnet artifacts/bin/Gyre.Bench/release/Gyre.Bench.dll start "$out/jit/Gyre.Start" "$out/r2r/Gyre.Start" "$out/native/Gyre.Start" "$@"
