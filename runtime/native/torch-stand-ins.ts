// Replaces the CUDA libraries that PyTorch's wheel needs. The wheel on Python's package index is built for
// CUDA, and its libraries link to 5 GB of CUDA libraries, which are only called on a machine with a GPU. The
// replacements have the same names and the needed functions, which only report that there is no device.

/**
 * A Python program. For each missing library that PyTorch's libraries need, it writes C code and a version
 * script to `workshop`, and calls the compiler.
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
