\set choice random(1, 4)
\set voter random(1, 1000000000)
BEGIN;
INSERT INTO bench_ballot (poll, voter, choice) VALUES (1, :voter, :choice) ON CONFLICT DO NOTHING;
UPDATE bench_counter SET count = count + 1 WHERE choice = :choice;
COMMIT;
