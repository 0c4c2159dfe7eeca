// PyTorch's wheel of Python's package index is built for CUDA: its libraries name those of CUDA, 5 GB of
// them, which are only called where there is a GPU. Where there is none they are stood in for: libraries of
// the same names, with the functions that PyTorch's ask for, which do nothing but say that there is no
// device.

/**
 * Python: for each library that PyTorch's need and that is nowhere, C and a version script to `workshop`, and
 * the compiler's call.
 */
export const STAND_INS = `
import pathlib, re, subprocess, sys
libraries, cuda, workshop = map(pathlib.Path, sys.argv[1:])

def said(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()

own = sorted(libraries.glob("*.so*"))
there = {path.name for path in [*own, *cuda.glob("*.so*")]}
needed, versions, undefined = set(), {}, set()
for path in own:
    needed |= {m[1] for line in said("readelf", "-dW", path) if (m := re.search(r"NEEDED.*\\[(.+)\\]", line))}
    file = None
    for line in said("readelf", "-VW", path):
        if m := re.search(r"File: (\\S+)", line):
            file = m[1]
        elif m := re.search(r"Name: (\\S+)", line):
            versions.setdefault(m[1], file)
    for line in said("nm", "-D", "--undefined-only", "--with-symbol-versions", path):
        undefined.add(tuple((line.split()[-1].split("@") + [""])[:2]))

# A function without a version is told by how CUDA's libraries name theirs.
prefixes = {"libcupti": "cupti", "libcufile": "cuFile", "libcusparseLt": "cusparseLt", "libnccl": "nccl"}
prefixes |= {"libnvshmem_host": "nvshmem"}
families = r"lib(cu|nccl|nv)"
for name in sorted(needed - there):
    if not re.match(families, name) or name.startswith("libcuda.so"):
        continue
    prefix = prefixes.get(name.split(".so")[0])
    functions = {}
    for symbol, version in sorted(undefined):
        if version and versions.get(version) == name or not version and prefix and symbol.startswith(prefix):
            functions.setdefault(version, []).append(symbol)
    source, script = workshop / "library.c", workshop / "library.map"
    # 100 is cudaErrorNoDevice.
    source.write_text("".join(f"int {f}(void) {{ return 100; }}\\n" for all in functions.values() for f in all))
    script.write_text("".join(f"{v} {{ global: {'; '.join(all)}; }};\\n" for v, all in functions.items() if v))
    call = ["cc", "-w", "-shared", "-fPIC", "-nostdlib", f"-Wl,-soname,{name}", "-o", libraries / name, source]
    subprocess.run(call + ([f"-Wl,--version-script={script}"] if script.read_text() else []), check=True)
`;
