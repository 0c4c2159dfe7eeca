//! An example server over the standard library alone: POST a request with its candidates as JSON to any path, and it
//! answers with their scores. A thread serves each connection. A server of yours has a crate for HTTP.
//!
//!     cargo run --release --example server -- ../NAME.weights.bin 127.0.0.1:8080

mod json;
#[path = "json/request.rs"]
mod request;

use std::error::Error;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

use json::Json;
use request::{candidates_of, request_of};
use CRATE::Ranker;

const MOST_BYTES: usize = 16 << 20;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let weights = arguments.next().unwrap_or("../NAME.weights.bin".into());
    let address = arguments.next().unwrap_or("127.0.0.1:8080".into());
    let ranker = Arc::new(Ranker::load(weights)?);
    let listener = TcpListener::bind(address)?;
    println!("http://{}/rank", listener.local_addr()?);
    for stream in listener.incoming() {
        let (stream, ranker) = (stream?, Arc::clone(&ranker));
        thread::spawn(move || {
            if let Err(error) = serve(stream, &ranker) {
                eprintln!("{error}");
            }
        });
    }
    Ok(())
}

/// Answers one request of HTTP.
fn serve(mut stream: TcpStream, ranker: &Ranker) -> io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line)? > 2 {
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().unwrap_or(usize::MAX);
            }
        }
        line.clear();
    }
    let (status, body) = if length > MOST_BYTES {
        ("413 Content Too Large", problem("the request is too long"))
    } else {
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        match scores(&String::from_utf8_lossy(&body), ranker) {
            Ok(scores) => ("200 OK", format!("{{\"scores\":{scores}}}\n")),
            Err(error) => ("422 Unprocessable Content", problem(&error)),
        }
    };
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
}

fn problem(text: &str) -> String {
    let escaped: String = text
        .chars()
        .map(|each| match each {
            '"' | '\\' => format!("\\{each}"),
            '\0'..='\x1f' => format!("\\u{:04x}", u32::from(each)),
            _ => each.to_string(),
        })
        .collect();
    format!("{{\"error\":\"{escaped}\"}}\n")
}

fn scores(body: &str, ranker: &Ranker) -> Result<String, String> {
    let json = Json::parse(body)?;
    let (request, candidates) = (request_of(&json)?, candidates_of(&json)?);
    let scores = ranker
        .rank(&request, &candidates)
        .map_err(|error| error.to_string())?;
    Ok(format!("{:?}", request::flat(scores)))
}
