-- A number from 0 to 1 for the n-th hazard; each use draws another.
CREATE FUNCTION pg_temp.draw(n bigint, use int) RETURNS float8 LANGUAGE sql IMMUTABLE AS $$
    SELECT (hashint8extended(n, %(seed)s * 1000 + use) & 9007199254740991) / 9007199254740992.0::float8
$$;

-- When a step of a way was made: the first at once, the others in order over the span.
CREATE FUNCTION pg_temp.moment(n bigint, began timestamptz, span float8, steps int, step int)
RETURNS timestamptz LANGUAGE sql IMMUTABLE AS $$
    SELECT began + make_interval(secs => CASE step WHEN 1 THEN 0
        ELSE span * (step - 1 + 0.8 * pg_temp.draw(n, 20 + step)) / steps END)
$$;

-- The step at which a way makes each move.
CREATE TEMP TABLE demo_steps ON COMMIT DROP AS
SELECT way, max(steps) AS steps, (array_agg(after ORDER BY step DESC))[1] AS state,
       min(step) FILTER (WHERE name IN ('order', 'fix_on_spot')) AS ordered,
       min(step) FILTER (WHERE name = 'receive') AS received,
       min(step) FILTER (WHERE name = 'answer') AS answered,
       min(step) FILTER (WHERE name = 'confirm') AS confirmed,
       min(step) FILTER (WHERE name IN ('verify', 'fix_on_spot')) AS verified,
       min(step) FILTER (WHERE name = 'close') AS closed,
       way = 'spot' AS on_the_spot
  FROM demo_way GROUP BY way;

-- What is drawn.  The older a hazard, the likelier it is closed; what is still open then is mostly overdue.
CREATE TEMP TABLE demo_case ON COMMIT DROP AS
WITH found AS (
    SELECT s.before + k AS n, s.project_id, s.region_path,
           %(days)s::date - 1 + width_bucket(
               s.opening + pg_temp.draw(s.before + k, 1) * (1 - s.opening), %(shares)s::float8[]) AS found_on
      FROM demo_site s, generate_series(1, s.hazards) k
), worded AS (
    SELECT f.*, t.id AS text, t.grade = 'major' AS major,
           t.grade <> 'major' AND pg_temp.draw(n, 4) < 0.12 AS own,
           1 + floor(pg_temp.draw(n, 5) * cardinality(o.officers))::int AS first_officer,
           CASE WHEN age <= 3 THEN 0.8 WHEN age <= 7 THEN 0.6
                ELSE (CASE WHEN age <= 15 THEN 0.4 WHEN age <= 30 THEN 0.2 WHEN age <= 200 THEN 0.11 ELSE 0.06 END)
                     -- Some cities and counties are slower than others.
                     * (0.5 + pg_temp.draw(hashtext(split_part(region_path, '/', 3)), 30))
                     * (0.7 + 0.6 * pg_temp.draw(hashtext(region_path), 31)) END AS still_open,
           cardinality(o.officers) AS officers
      FROM found f
      JOIN demo_text t ON t.id = 1 + floor(pg_temp.draw(n, 3) * (SELECT count(*) FROM demo_text))::int
      JOIN demo_station o USING (region_path)
     CROSS JOIN LATERAL (SELECT %(today)s::date - f.found_on AS age) a
), sent AS (
    SELECT w.*,
           CASE WHEN pg_temp.draw(n, 7) < 0.01 THEN 'void'
                WHEN pg_temp.draw(n, 8) < still_open
                THEN (%(open_states)s::text[])[1 + floor(pg_temp.draw(n, 9) * cardinality(%(open_states)s::text[]))::int]
                WHEN major OR pg_temp.draw(n, 10) < 0.13 THEN 'closed'
                WHEN pg_temp.draw(n, 10) < 0.36 THEN 'short'
                ELSE 'spot' END AS way,
           1 + (first_officer + floor(pg_temp.draw(n, 6) * (officers - 1))::int) %% officers AS second_officer,
           (found_on + time '08:00') AT TIME ZONE 'Asia/Shanghai'
               + make_interval(secs => pg_temp.draw(n, 11) * 30000) AS began,
           (ARRAY[3, 3, 7, 15])[1 + floor(pg_temp.draw(n, 12) * 4)::int] AS days
      FROM worded w
)
SELECT row_number() OVER (ORDER BY found_on, n) AS serial, n, project_id, region_path, found_on, text, major, own, way,
       first_officer, second_officer, days, began,
       -- No move lies after the beginning of today, whatever the hour of the load.
       LEAST(extract(epoch FROM %(today)s::date::timestamp AT TIME ZONE 'Asia/Shanghai' - began),
             CASE way WHEN 'spot' THEN 1800 + 16200 * pg_temp.draw(n, 13) WHEN 'void' THEN 86400
                      ELSE 86400 * (0.5 + days * 1.5 * pg_temp.draw(n, 13)) END)::float8 AS span
  FROM sent;
ANALYZE demo_case;
-- next
INSERT INTO hazards_hazard (
    id, version, created_at, number, source, by_authority, project_id, region_path, enterprise_id, responsible_person,
    building, floor, axis, place, category, grade, risk_level, description, clause, demands, disposal, found_on,
    inspecting_body, inspectors, organisation_id, state, deadline, deadline_basis, commitments, measures, funds,
    rectified_on, opinion, void_reason, recorded_by_id, answered_by_id, confirmed_by_id, verified_by_id, closed_by_id,
    ordered_at, received_at, answered_at, confirmed_at, verified_at, closed_at, rounds, contested, next_reminder_on,
    source_columns, extension_reason, interim_measures, extensions)
SELECT %(hazard)s + serial, w.steps, began,
       pg_temp.number_of(found_on, %(number)s + serial),
       CASE WHEN own THEN 'self_check'
            ELSE (ARRAY['daily', 'daily', 'daily', 'random', 'special', 'report', 'higher'])
                 [1 + floor(pg_temp.draw(n, 14) * 7)::int] END,
       NOT own, project_id, c.region_path, enterprise_id, CASE WHEN own THEN manager_name ELSE director_name END,
       (1 + floor(pg_temp.draw(n, 15) * 12))::int || '# 楼', (1 + floor(pg_temp.draw(n, 16) * 30))::int || ' 层',
       (ARRAY['①–③/A–C 轴', '⑤–⑧/B–D 轴', ''])[1 + floor(pg_temp.draw(n, 17) * 3)::int], '',
       category, grade, risk, description, clause, demands, CASE WHEN major THEN 'stop_part' ELSE 'rectify' END,
       found_on, body, inspector, office, w.state,
       CASE WHEN NOT on_the_spot THEN (ordered_at AT TIME ZONE 'Asia/Shanghai')::date + days END, '{}',
       CASE WHEN major AND answered_at IS NOT NULL THEN %(commitments)s::jsonb ELSE '{}' END,
       CASE WHEN on_the_spot OR answered_at IS NOT NULL THEN measures ELSE '' END,
       CASE WHEN answered_at IS NOT NULL THEN floor(pg_temp.draw(n, 18) * 80) * 100 END,
       (answered_at AT TIME ZONE 'Asia/Shanghai')::date,
       CASE WHEN verified_at IS NOT NULL AND NOT on_the_spot THEN '现场复查，整改符合要求，同类部位已抽查。' ELSE '' END,
       CASE WHEN way = 'void' THEN '与同日登记的另一条重复' ELSE '' END,
       first, CASE WHEN answered_at IS NOT NULL THEN answerer END, CASE WHEN confirmed_at IS NOT NULL THEN engineer END,
       CASE WHEN verified_at IS NOT NULL THEN first END, CASE WHEN closed_at IS NOT NULL THEN second END,
       ordered_at, received_at, answered_at, confirmed_at, verified_at, closed_at, 0, false,
       -- Spread over a week, or the first sweep would have all open hazards at once.
       CASE WHEN w.state NOT IN ('draft', 'closed', 'void') THEN %(today)s::date + 1 + (n %% 7)::int END, '{}', '', '', 0
  FROM demo_case c
  JOIN demo_site s USING (project_id)
  JOIN demo_text t ON t.id = c.text
  JOIN demo_station o ON o.region_path = c.region_path
  JOIN demo_steps w USING (way)
 CROSS JOIN LATERAL (
     SELECT CASE WHEN own THEN director ELSE officers[first_officer] END AS first,
            CASE WHEN own THEN director ELSE officers[second_officer] END AS second,
            CASE WHEN own THEN manager ELSE director END AS answerer,
            CASE WHEN own THEN director_name ELSE names[first_officer] END AS inspector,
            CASE WHEN own THEN '企业自查' ELSE organisation END AS body,
            CASE WHEN own THEN enterprise_id ELSE organisation_id END AS office) p
 CROSS JOIN LATERAL (
     SELECT pg_temp.moment(n, began, span, w.steps, ordered) AS ordered_at,
            pg_temp.moment(n, began, span, w.steps, received) AS received_at,
            pg_temp.moment(n, began, span, w.steps, answered) AS answered_at,
            pg_temp.moment(n, began, span, w.steps, confirmed) AS confirmed_at,
            pg_temp.moment(n, began, span, w.steps, verified) AS verified_at,
            pg_temp.moment(n, began, span, w.steps, closed) AS closed_at) m
 ORDER BY serial;
-- next
INSERT INTO core_event (record_type, record_id, step, name, before, after, facts, actor_id, happened_at, leaf)
SELECT 'hazards.hazard', id, step, name, before, after, facts::jsonb, actor, happened_at,
       pg_temp.leaf_of(id, step, name, before, after, facts, actor, happened_at)
  FROM (
      SELECT h.id::text AS id, w.step, w.name, w.before, w.after,
             CASE WHEN w.name IN ('receive', 'start', 'answer') THEN CASE WHEN own THEN manager ELSE director END
                  WHEN w.name = 'confirm' THEN engineer
                  WHEN w.name = 'close' THEN h.closed_by_id
                  ELSE h.recorded_by_id END AS actor,
             pg_temp.moment(n, began, span, w.steps, w.step) AS happened_at,
             -- Keys in the order of the alphabet, no spaces: the canonical form.
             CASE w.name
             WHEN 'registered' THEN '{"category":' || to_json(h.category) || ',"description":' || to_json(h.description)
                 || ',"found_on":"' || h.found_on || '","grade":"' || h.grade || '","risk_level":' || h.risk_level || '}'
             WHEN 'order' THEN '{"deadline":"' || h.deadline || '","demands":' || to_json(h.demands)
                 || ',"disposal":"' || h.disposal || '"}'
             WHEN 'fix_on_spot' THEN '{"measures":' || to_json(h.measures) || ',"photos":[]}'
             WHEN 'answer' THEN '{"funds":"' || h.funds || '","measures":' || to_json(h.measures) || ',"photos":[]'
                 || ',"rectified_on":"' || h.rectified_on || '"}'
             WHEN 'verify' THEN '{"opinion":' || to_json(h.opinion) || '}'
             WHEN 'discard' THEN '{"void_reason":' || to_json(h.void_reason) || '}'
             ELSE '{}' END AS facts
        FROM demo_case c
        JOIN hazards_hazard h ON h.id = %(hazard)s + c.serial
        JOIN demo_site s ON s.project_id = c.project_id
        JOIN demo_way w USING (way)
       ORDER BY c.serial, w.step
  ) told;
