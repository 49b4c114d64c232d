"""llama.cpp's own HTTP server on loopback: `server.py MODEL PORT NAME`. It ends when its standard input does."""

import sys

import xllamacpp

params = xllamacpp.CommonParams()
params.model.path = sys.argv[1]
params.port = int(sys.argv[2])
params.model_alias = {sys.argv[3]}
params.n_ctx = 8192
params.n_parallel = 2
params.use_jinja = True
params.endpoint_slots = True
server = xllamacpp.Server(params)
print(f"listening {server.listening_address}", flush=True)
sys.stdin.read()
