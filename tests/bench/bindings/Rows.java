// Scores rows by the package in Java: Rows WEIGHTS ROWS.tsv
import dinc.din.Candidate;
import dinc.din.History;
import dinc.din.Id;
import dinc.din.Ranker;
import dinc.din.Request;
import dinc.din.StepOfClicks;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

final class Rows {
    record Row(Request request, List<Candidate> candidates) {}

    static double score(Ranker ranker, List<Row> rows) {
        double sum = 0;
        for (Row row : rows) sum += ranker.rank(row.request(), row.candidates())[0];
        return sum;
    }

    public static void main(String[] arguments) throws Exception {
        try (Ranker ranker = Ranker.load(Path.of(arguments[0]))) {
            List<Row> rows = new ArrayList<>();
            for (String line : Files.readAllLines(Path.of(arguments[1]))) {
                String[] cells = line.split("\t", -1);
                String[] items = cells[2].split(",");
                String[] cates = cells[3].split(",");
                List<StepOfClicks> steps = new ArrayList<>();
                for (int i = 0; i < items.length; i++) steps.add(new StepOfClicks(Id.of(items[i]), Id.of(cates[i])));
                Candidate candidate = new Candidate(Id.of(cells[0]), Id.of(cells[1]));
                rows.add(new Row(new Request(new History(steps)), List.of(candidate)));
            }
            score(ranker, rows);
            long started = System.nanoTime();
            double sum = score(ranker, rows);
            double seconds = (System.nanoTime() - started) / 1e9;
            System.out.printf(
                    Locale.ROOT, "RESULT {\"rows\": %d, \"seconds\": %.9f, \"sum\": %.9f}%n", rows.size(), seconds, sum);
        }
    }
}
