# Sourced by mvnw and bin/threadwright: finds a JDK, whatever `java` on the PATH may be, and exports JAVA_HOME.
JDK_WANTED=25

jdk_version() { # major version of the JDK in $1, or nothing if there is none
  [ -x "$1/bin/javac" ] || return 0
  if [ -r "$1/release" ]; then
    sed -n 's/^JAVA_VERSION="\{0,1\}\([0-9]*\).*/\1/p' "$1/release"
  else
    "$1/bin/javac" -version 2>&1 | sed -n 's/^javac \([0-9]*\).*/\1/p'
  fi
}

jdk_of_path() { # the home of the javac on the PATH, through its symbolic links
  jdk_bin=$(command -v javac 2>/dev/null) || return 0
  while [ -h "$jdk_bin" ]; do
    jdk_link=$(readlink "$jdk_bin")
    case $jdk_link in
      /*) jdk_bin=$jdk_link ;;
      *) jdk_bin=$(dirname "$jdk_bin")/$jdk_link ;;
    esac
  done
  (cd "$(dirname "$jdk_bin")/.." 2>/dev/null && pwd -P)
}

jdk_candidates() {
  [ -n "${JAVA_HOME:-}" ] && printf '%s\n' "$JAVA_HOME"
  jdk_of_path
  for jdk_dir in /usr/lib/jvm/* /opt/java/* /opt/jdk* "${SDKMAN_DIR:-$HOME/.sdkman}"/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    [ -d "$jdk_dir" ] && printf '%s\n' "$jdk_dir"
  done
  [ -x /usr/libexec/java_home ] && /usr/libexec/java_home -v "$JDK_WANTED+" 2>/dev/null
  return 0
}

find_jdk() {
  jdk_found=$(jdk_candidates | while IFS= read -r jdk_home; do
    jdk_major=$(jdk_version "$jdk_home")
    if [ -n "$jdk_major" ] && [ "$jdk_major" -ge "$JDK_WANTED" ]; then
      printf '%s\n' "$jdk_home"
      break
    fi
  done)
  if [ -z "$jdk_found" ]; then
    echo "Threadwright needs a JDK $JDK_WANTED or newer, and none was found in JAVA_HOME, on the PATH, in /usr/lib/jvm or in SDKMAN: install one, or set JAVA_HOME to it." >&2
    exit 1
  fi
  JAVA_HOME=$jdk_found
  export JAVA_HOME
}
