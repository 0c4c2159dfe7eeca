// Scores rows by the crate: rows WEIGHTS ROWS.tsv
use din::{Candidate, History, Ranker, Request, StepOfClicks};
use std::time::Instant;

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let ranker = Ranker::load(&arguments[1]).unwrap();
    let text = std::fs::read_to_string(&arguments[2]).unwrap();
    let rows: Vec<(Request, [Candidate; 1])> = text
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let steps = cells[2].split(',').zip(cells[3].split(','));
            let clicks = steps.map(|(item, cate)| StepOfClicks { item_id: item.into(), cate_id: cate.into() }).collect();
            let candidate = Candidate { item_id: cells[0].into(), cate_id: cells[1].into() };
            (Request { history: History { clicks } }, [candidate])
        })
        .collect();
    let score = || -> f64 {
        rows.iter().map(|(request, candidates)| f64::from(ranker.rank(request, candidates).unwrap()[0])).sum()
    };
    score();
    let started = Instant::now();
    let sum = score();
    let seconds = started.elapsed().as_secs_f64();
    println!("RESULT {{\"rows\": {}, \"seconds\": {seconds:.9}, \"sum\": {sum:.9}}}", rows.len());
}
