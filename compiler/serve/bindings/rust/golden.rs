//! Golden requests, with the logits of the reference in 64 bits.

#[path = "../examples/json/mod.rs"]
mod json;
#[path = "../examples/json/request.rs"]
mod request;

use std::thread;

use json::Json;
use request::{candidates_of, request_of, LABELS};
use CRATE::{Error, Ranker};

fn environment(name: &str, otherwise: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

fn ranker() -> Ranker {
    let path = environment("DINC_WEIGHTS", "../NAME.weights.bin");
    Ranker::load(path).expect("DINC_WEIGHTS names the weights file")
}

fn golden() -> Json {
    let path = environment("DINC_GOLDEN", "../golden.json");
    let text = std::fs::read_to_string(path).expect("DINC_GOLDEN names the golden requests");
    Json::parse(&text).unwrap()
}

/// The logits of a request, label after label.
fn logits(ranker: &Ranker, json: &Json) -> Vec<f32> {
    let (request, candidates) = (request_of(json).unwrap(), candidates_of(json).unwrap());
    let logits = ranker.logits(&request, &candidates).unwrap();
    request::flat(logits)
}

#[test]
fn golden_requests_have_their_logits() {
    let (ranker, golden) = (ranker(), golden());
    let tolerance = |name| golden.get("tolerance").get(name).number().unwrap();
    let (absolute, relative) = (tolerance("absolute"), tolerance("relative"));
    for (number, each) in golden.get("requests").items().iter().enumerate() {
        let found = logits(&ranker, each.get("request"));
        let expected: Vec<f64> = LABELS
            .iter()
            .flat_map(|label| {
                let pairs = each.get("logits").items().iter();
                pairs
                    .filter(|pair| pair.items()[0].text() == Ok(label))
                    .flat_map(|pair| pair.items()[1].items().iter())
                    .map(|logit| logit.number().unwrap())
            })
            .collect();
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            let difference = (f64::from(*found) - expected).abs();
            assert!(
                difference <= absolute + relative * expected.abs(),
                "golden request {number}: a logit is {found} instead of {expected}"
            );
        }
    }
}

#[test]
fn threads_give_the_same_bits() {
    let (ranker, golden) = (ranker(), golden());
    let all = || -> Vec<Vec<u32>> {
        let bits = |each: &Json| {
            let logits = logits(&ranker, each.get("request"));
            logits.into_iter().map(f32::to_bits).collect()
        };
        golden.get("requests").items().iter().map(bits).collect()
    };
    let alone = all();
    thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|_| scope.spawn(all)).collect();
        for thread in threads {
            assert!(thread.join().unwrap() == alone);
        }
    });
}

#[test]
fn a_file_that_is_not_there_is_refused() {
    let error = Ranker::load("no/such/file").unwrap_err();
    assert!(matches!(error, Error::Load { .. }));
    assert!(error.to_string().starts_with("no/such/file: "));
}
