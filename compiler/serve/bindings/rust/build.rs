//! Compiles the library in C with the system's compiler: CC_<target>, CC, or `cc`.

use std::env;
use std::path::Path;
use std::process::Command;

fn main() {
    let target = env::var("TARGET").unwrap();
    let out = env::var("OUT_DIR").unwrap();
    let object = Path::new(&out).join("NAME.o");
    let archive = Path::new(&out).join("libNAME.a");

    run(tool("CC", "cc", &target)
        .args(["-std=c99", "-O2", "-ffp-contract=off", "-fPIC"])
        .args(words("CFLAGS"))
        .args(["-c", "c/NAME.c", "-o"])
        .arg(&object));
    let _ = std::fs::remove_file(&archive);
    run(tool("AR", "ar", &target)
        .arg("rcs")
        .arg(&archive)
        .arg(&object));

    println!("cargo:rustc-link-search=native={out}");
    println!("cargo:rustc-link-lib=static=NAME");
    println!("cargo:rustc-link-lib=m");
    println!("cargo:rerun-if-changed=c");
    println!("cargo:rerun-if-env-changed=CFLAGS");
}

/// The program that the environment names, with its own arguments (`ccache gcc`).
fn tool(name: &str, otherwise: &str, target: &str) -> Command {
    let specific = format!("{name}_{}", target.replace('-', "_"));
    println!("cargo:rerun-if-env-changed={specific}");
    println!("cargo:rerun-if-env-changed={name}");
    let mut all = [specific.as_str(), name]
        .iter()
        .map(|name| words(name))
        .find(|words| !words.is_empty())
        .unwrap_or_else(|| vec![otherwise.to_owned()])
        .into_iter();
    let mut command = Command::new(all.next().unwrap());
    command.args(all);
    command
}

fn words(name: &str) -> Vec<String> {
    let value = env::var(name).unwrap_or_default();
    value.split_whitespace().map(str::to_owned).collect()
}

fn run(command: &mut Command) {
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("{command:?}: {status}"),
        Err(error) => panic!("{command:?}: {error} (CC and AR name the compiler and the archiver)"),
    }
}
