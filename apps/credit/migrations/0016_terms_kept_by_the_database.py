"""Terms, last days and editions kept by the database too, for whatever passes the forms by."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("credit", "0015_editions"),
    ]

    operations = [
        pgtrigger.migrations.AddTrigger(
            model_name="blacklisting",
            trigger=pgtrigger.compiler.Trigger(
                name="listed_on_its_day",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.listed_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'INSERT' OR OLD.listed_on IS NULL THEN\n                RAISE EXCEPTION 'listed_on is the day of the decision, not %', NEW.listed_on\n                    USING ERRCODE = 'check_violation', HINT = '决定自作出之日起生效，不能倒填日期，请按今天的日期重新办理';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="76ab58e881f027e159a344b0563d83ff1f207d02",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_listed_on_its_day_d4438",
                    table="credit_blacklisting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="blacklisting",
            trigger=pgtrigger.compiler.Trigger(
                name="listed_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IN ('listed', 'removed', 'revoked') AND (OLD.enterprise_id, OLD.person_id, OLD.list_type_id, OLD.condition, OLD.happened_on, OLD.facts, OLD.evidence, OLD.legal_basis, OLD.decision_number, OLD.listed_on, OLD.listed_until, OLD.decided_by_id, OLD.served_on, OLD.objection_until) IS DISTINCT FROM (NEW.enterprise_id, NEW.person_id, NEW.list_type_id, NEW.condition, NEW.happened_on, NEW.facts, NEW.evidence, NEW.legal_basis, NEW.decision_number, NEW.listed_on, NEW.listed_until, NEW.decided_by_id, NEW.served_on, NEW.objection_until))",
                    func="RAISE EXCEPTION 'listed_stays: % stays as it is', OLD.id;",
                    hash="4aad16266943da81e4fb386a4b22b2e42f38766c",
                    operation="UPDATE",
                    pgid="pgtrigger_listed_stays_97367",
                    table="credit_blacklisting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="blacklisting",
            trigger=pgtrigger.compiler.Trigger(
                name="bears_the_code_of_its_list",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n                    NEW.list_code := (SELECT code FROM credit_listtype WHERE id = NEW.list_type_id);\n                    RETURN NEW;\n                ",
                    hash="9a1e8e94484c6fb83169a47153b68ff5a60006b4",
                    operation='INSERT OR UPDATE OF "list_type_id", "list_code"',
                    pgid="pgtrigger_bears_the_code_of_its_list_3516e",
                    table="credit_blacklisting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="blacklisting",
            trigger=pgtrigger.compiler.Trigger(
                name="term_of_its_list",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.listed_on IS NOT NULL)",
                    func="\n    IF TG_OP = 'UPDATE' AND OLD.listed_until IS NOT NULL THEN\n        RETURN NEW;\n    END IF;\n    IF NOT coalesce((\n        SELECT NEW.listed_until + 1\n               BETWEEN (NEW.listed_on + make_interval(months => least(removable_after, term_months)))::date\n                   AND (NEW.listed_on + make_interval(months => term_months))::date\n          FROM credit_listtype WHERE id = NEW.list_type_id), false) THEN\n        RAISE EXCEPTION 'blacklisting_term_of_its_list' USING ERRCODE = 'check_violation', CONSTRAINT = 'blacklisting_term_of_its_list', HINT = '列入期限不在该名单规定的期限之内，请按名单种类载明的月数办理';\n    END IF;\n    RETURN NEW;\n",
                    hash="1bbf3765d777605319e6414eac0698c70745bac1",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_term_of_its_list_7658e",
                    table="credit_blacklisting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="blacklisting",
            trigger=pgtrigger.compiler.Trigger(
                name="ends_by_a_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF (NEW.removed_on, NEW.removal) IS DISTINCT FROM (OLD.removed_on, OLD.removal) AND NOT coalesce(\n            OLD.removed_on IS NULL AND OLD.state = 'listed' AND NEW.state = 'removed'\n            AND NEW.removed_on <= OLD.listed_until + 1\n            AND (NEW.removed_on = OLD.listed_until + 1\n                 OR NEW.removal = 'repaired' AND NEW.removed_on >= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date), false)\n       OR NEW.revoked_on IS DISTINCT FROM OLD.revoked_on AND NOT coalesce(\n            OLD.revoked_on IS NULL AND OLD.state = 'listed' AND NEW.state = 'revoked'\n            AND NEW.revoked_on <= OLD.listed_until + 1\n            AND (NEW.revoked_on = OLD.listed_until + 1 OR NEW.revoked_on >= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date), false) THEN\n        RAISE EXCEPTION 'blacklisting_ends_by_a_move' USING ERRCODE = 'check_violation', CONSTRAINT = 'blacklisting_ends_by_a_move', HINT = '移出和撤销的日期只能随相应的办理步骤写入，不能另行填写或者倒填';\n    END IF;\n    RETURN NEW;\n",
                    hash="230dbf04d2a71545dea9845f10aab8c5b3f89172",
                    operation='UPDATE OF "removed_on", "removal", "revoked_on"',
                    pgid="pgtrigger_ends_by_a_move_da64c",
                    table="credit_blacklisting",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IN ('effective', 'published', 'expired', 'repaired', 'revoked') AND (OLD.enterprise_id, OLD.person_id, OLD.item_id, OLD.part, OLD.nature, OLD.severity, OLD.points, OLD.caps_at, OLD.decay, OLD.happened_on, OLD.facts, OLD.evidence, OLD.legal_basis, OLD.starts_on, OLD.expires_on, OLD.decided_by_id, OLD.served_on, OLD.objection_until) IS DISTINCT FROM (NEW.enterprise_id, NEW.person_id, NEW.item_id, NEW.part, NEW.nature, NEW.severity, NEW.points, NEW.caps_at, NEW.decay, NEW.happened_on, NEW.facts, NEW.evidence, NEW.legal_basis, NEW.starts_on, NEW.expires_on, NEW.decided_by_id, NEW.served_on, NEW.objection_until))",
                    func="RAISE EXCEPTION 'decided_stays: % stays as it is', OLD.id;",
                    hash="26c934c02d5aa2293eef8c7252104b1b34d680a1",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_stays_209eb",
                    table="credit_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="starts_on_its_day",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.starts_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'INSERT' OR OLD.starts_on IS NULL THEN\n                RAISE EXCEPTION 'starts_on is the day of the decision, not %', NEW.starts_on\n                    USING ERRCODE = 'check_violation', HINT = '决定自作出之日起生效，不能倒填日期，请按今天的日期重新办理';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="72dc706d1d96796cf7254c2209f24f53714faf00",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_starts_on_its_day_d34bd",
                    table="credit_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="term_of_its_item",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.starts_on IS NOT NULL)",
                    func="\n    IF TG_OP = 'UPDATE' AND OLD.starts_on IS NOT NULL THEN\n        RETURN NEW;\n    END IF;\n    IF NEW.expires_on IS DISTINCT FROM (\n        SELECT (NEW.starts_on + make_interval(months => valid_months))::date\n          FROM credit_credititem WHERE id = NEW.item_id\n    ) OR (TG_OP = 'UPDATE' AND NEW.ends_on IS DISTINCT FROM NEW.expires_on) THEN\n        RAISE EXCEPTION 'credit_entry_term_of_its_item' USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_entry_term_of_its_item', HINT = '计分期限须为评价项目规定的有效期，请按评价目录办理';\n    END IF;\n    RETURN NEW;\n",
                    hash="e9f1f1e647ae605b5a4ee40390e9d531e0f59b33",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_term_of_its_item_2b80f",
                    table="credit_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="public_for_its_term",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.published_on IS NOT NULL)",
                    func="\n    DECLARE\n        at_least integer := 1;\n        at_most integer := 36;\n    BEGIN\n        IF TG_OP = 'UPDATE' AND OLD.published_on IS NOT NULL THEN\n            RETURN NEW;\n        END IF;\n        IF NEW.severity <> '' THEN\n            SELECT greatest(least_months, 1), most_months INTO at_least, at_most\n              FROM credit_repair_term(NEW.severity, NEW.starts_on);\n        END IF;\n        IF NOT coalesce(\n            NEW.publish_until >= (NEW.published_on + make_interval(months => at_least))::date\n            AND NEW.publish_until <= (NEW.published_on + make_interval(months => at_most))::date, false) THEN\n            RAISE EXCEPTION 'credit_entry_public_within_law' USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_entry_public_within_law', HINT = '公示期限不在该失信程度的法定期限之内，请按公示和修复期限办理';\n        END IF;\n        RETURN NEW;\n    END;\n",
                    hash="b2db2b66df75f3b46be5edb9b191a8a994923cdf",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_public_for_its_term_f593b",
                    table="credit_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="ends_by_a_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF (NEW.ends_on IS DISTINCT FROM OLD.ends_on AND NOT coalesce(\n            OLD.ends_on IS NULL AND OLD.starts_on IS NULL\n            OR NEW.state <> OLD.state AND NEW.state IN ('revoked', 'repaired')\n               AND NEW.ends_on BETWEEN (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AND OLD.ends_on, false))\n       OR (NEW.published_on IS DISTINCT FROM OLD.published_on AND NOT coalesce(\n            OLD.published_on IS NULL AND OLD.state = 'effective' AND NEW.state = 'published'\n            AND NEW.published_on >= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date, false))\n       OR (NEW.publish_until IS DISTINCT FROM OLD.publish_until AND NOT coalesce(\n            OLD.publish_until IS NULL AND NEW.state = 'published'\n            OR NEW.state <> OLD.state AND NEW.state IN ('revoked', 'repaired')\n               AND NEW.publish_until BETWEEN (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date - 1 AND OLD.publish_until, false)) THEN\n        RAISE EXCEPTION 'credit_entry_ends_by_a_move' USING ERRCODE = 'check_violation', CONSTRAINT = 'credit_entry_ends_by_a_move', HINT = '计分和公示的日期只能随撤销、修复等办理步骤改变，不能另行填写';\n    END IF;\n    RETURN NEW;\n",
                    hash="d4d35e72e29c01ab90c7eac101e213ed08bad5b6",
                    operation='UPDATE OF "ends_on", "published_on", "publish_until"',
                    pgid="pgtrigger_ends_by_a_move_655fa",
                    table="credit_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditentry",
            trigger=pgtrigger.compiler.Trigger(
                name="closed_by_a_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.repaired_on IS DISTINCT FROM OLD.repaired_on AND (OLD.repaired_on IS NOT NULL OR OLD.state = NEW.state OR NEW.state <> 'repaired' OR NEW.repaired_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date) OR NEW.revoked_on IS DISTINCT FROM OLD.revoked_on AND (OLD.revoked_on IS NOT NULL OR OLD.state = NEW.state OR NEW.state <> 'revoked' OR NEW.revoked_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date))",
                    func="RAISE EXCEPTION 'closed_by_a_move' USING ERRCODE = 'check_violation', CONSTRAINT = 'closed_by_a_move', HINT = '办理日期只能随相应的办理步骤写入，不能另行填写或者倒填';",
                    hash="9d5b55ab529babec2516ec2986234b6835efad1b",
                    operation="UPDATE",
                    pgid="pgtrigger_closed_by_a_move_39698",
                    table="credit_creditentry",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="credititem",
            trigger=pgtrigger.compiler.Trigger(
                name="used_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((OLD.code, OLD.name, OLD.part, OLD.nature, OLD.severity, OLD.subject, OLD.points, OLD.caps_at, OLD.valid_months, OLD.decay, OLD.legal_basis, OLD.effective_from) IS DISTINCT FROM (NEW.code, NEW.name, NEW.part, NEW.nature, NEW.severity, NEW.subject, NEW.points, NEW.caps_at, NEW.valid_months, NEW.decay, NEW.legal_basis, NEW.effective_from))",
                    func="\n            IF EXISTS (SELECT FROM credit_creditentry WHERE item_id = OLD.id) THEN\n                RAISE EXCEPTION 'used_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'used_stays', HINT = '已有记录依据本版，不能修改；请新增一版，并注明施行日期';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="3582da4252a6145ca7be107dd121dbb9fef6ab29",
                    operation="UPDATE",
                    pgid="pgtrigger_used_stays_15cde",
                    table="credit_credititem",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditprofile",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM credit_creditprofile WHERE subject = NEW.subject AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="8d47935a54a9844c7c7e3bc50f599317fcf3ed28",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_252b0",
                    table="credit_creditprofile",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrepair",
            trigger=pgtrigger.compiler.Trigger(
                name="accepted_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IN ('accepted', 'granted', 'refused') AND (OLD.accepted_at, OLD.accepted_by_id, OLD.decide_by) IS DISTINCT FROM (NEW.accepted_at, NEW.accepted_by_id, NEW.decide_by))",
                    func="RAISE EXCEPTION 'accepted_stays: % stays as it is', OLD.id;",
                    hash="bfc01d2b5e9df8351647d2c02bb788a09df5b7d6",
                    operation="UPDATE",
                    pgid="pgtrigger_accepted_stays_4d34b",
                    table="credit_creditrepair",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="creditrepair",
            trigger=pgtrigger.compiler.Trigger(
                name="after_the_least_term",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date < (\n        SELECT (coalesce(e.published_on, e.starts_on) + make_interval(months => t.repairable_after))::date\n          FROM credit_creditentry e, credit_repair_term(e.severity, e.starts_on) t WHERE e.id = NEW.entry_id\n        UNION ALL\n        SELECT (b.listed_on + make_interval(months => l.removable_after))::date\n          FROM credit_blacklisting b JOIN credit_listtype l ON l.id = b.list_type_id WHERE b.id = NEW.listing_id\n    ) THEN\n        RAISE EXCEPTION 'repair_after_the_least_term' USING ERRCODE = 'check_violation', CONSTRAINT = 'repair_after_the_least_term', HINT = '未满可以申请信用修复的最短期限，请届时再申请';\n    END IF;\n    RETURN NEW;\n",
                    hash="0a55af6935ccbf95c2608fdd08a9c31c02d8cdb9",
                    operation="INSERT",
                    pgid="pgtrigger_after_the_least_term_bcb5a",
                    table="credit_creditrepair",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listtype",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="b04535c804067a41c6405c2dbddc3249349f7b8c",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_030a6",
                    table="credit_listtype",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listtype",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM credit_listtype WHERE code = NEW.code AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="9154a98acf4f3e313d362375615bde58e853b1ae",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_21954",
                    table="credit_listtype",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="listtype",
            trigger=pgtrigger.compiler.Trigger(
                name="used_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN ((OLD.code, OLD.name, OLD.subject, OLD.conditions, OLD.term_months, OLD.removable_after, OLD.legal_basis, OLD.effective_from) IS DISTINCT FROM (NEW.code, NEW.name, NEW.subject, NEW.conditions, NEW.term_months, NEW.removable_after, NEW.legal_basis, NEW.effective_from))",
                    func="\n            IF EXISTS (SELECT FROM credit_blacklisting WHERE list_type_id = OLD.id) THEN\n                RAISE EXCEPTION 'used_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'used_stays', HINT = '已有记录依据本版，不能修改；请新增一版，并注明施行日期';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="a8a35098d37cd8033fe1da5d9461b83a2d41c466",
                    operation="UPDATE",
                    pgid="pgtrigger_used_stays_4f301",
                    table="credit_listtype",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitcase",
            trigger=pgtrigger.compiler.Trigger(
                name="starts_on_its_day",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.starts_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'INSERT' OR OLD.starts_on IS NULL THEN\n                RAISE EXCEPTION 'starts_on is the day of the decision, not %', NEW.starts_on\n                    USING ERRCODE = 'check_violation', HINT = '决定自作出之日起生效，不能倒填日期，请按今天的日期重新办理';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="a6a344e0d2c246731c1d33ecdd54c9b2299fbbcc",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_starts_on_its_day_f1c14",
                    table="credit_permitcase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitcase",
            trigger=pgtrigger.compiler.Trigger(
                name="decided_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.state IN ('suspended', 'reported', 'released', 'ended', 'revoked') AND (OLD.enterprise_id, OLD.measure, OLD.permit_number, OLD.days, OLD.starts_on, OLD.until, OLD.happened_on, OLD.facts, OLD.evidence, OLD.legal_basis, OLD.decision_number, OLD.decided_by_id, OLD.least_days, OLD.most_days, OLD.served_on, OLD.objection_until) IS DISTINCT FROM (NEW.enterprise_id, NEW.measure, NEW.permit_number, NEW.days, NEW.starts_on, NEW.until, NEW.happened_on, NEW.facts, NEW.evidence, NEW.legal_basis, NEW.decision_number, NEW.decided_by_id, NEW.least_days, NEW.most_days, NEW.served_on, NEW.objection_until))",
                    func="RAISE EXCEPTION 'decided_stays: % stays as it is', OLD.id;",
                    hash="f2816859643d658b97918aa90ceafda03497cf40",
                    operation="UPDATE",
                    pgid="pgtrigger_decided_stays_faf9e",
                    table="credit_permitcase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitcase",
            trigger=pgtrigger.compiler.Trigger(
                name="ends_by_a_move",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.released_on IS DISTINCT FROM OLD.released_on AND (OLD.released_on IS NOT NULL OR OLD.state = NEW.state OR NEW.state <> 'released' OR NEW.released_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date) OR NEW.ended_on IS DISTINCT FROM OLD.ended_on AND (OLD.ended_on IS NOT NULL OR OLD.state = NEW.state OR NEW.state <> 'ended' OR NEW.ended_on < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date))",
                    func="RAISE EXCEPTION 'ends_by_a_move' USING ERRCODE = 'check_violation', CONSTRAINT = 'ends_by_a_move', HINT = '办理日期只能随相应的办理步骤写入，不能另行填写或者倒填';",
                    hash="7667674b415bb2185e285d1d9a43a541e1f2c130",
                    operation="UPDATE",
                    pgid="pgtrigger_ends_by_a_move_8733d",
                    table="credit_permitcase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitcase",
            trigger=pgtrigger.compiler.Trigger(
                name="days_of_its_rule",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="\n    IF NEW.days IS NOT NULL AND (TG_OP = 'INSERT' OR OLD.days IS NULL) AND (\n        NEW.days NOT BETWEEN greatest(NEW.least_days, 1) AND least(NEW.most_days, 120)\n        OR NEW.until IS DISTINCT FROM NEW.starts_on + NEW.days - 1\n    ) THEN\n        RAISE EXCEPTION 'permit_held_by_the_rule' USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_held_by_the_rule', HINT = '暂扣天数须在处置标准的范围内，并自决定之日起连续计算，请按推算的天数填写';\n    END IF;\n    IF NEW.source_type = 'accidents.accident' AND NEW.measure = 'suspend' THEN\n        IF NEW.least_days < (\n            SELECT min(line.least_days)\n              FROM (SELECT DISTINCT ON (r.nth) r.least_days, r.revokes\n                      FROM credit_permitrule r JOIN accidents_accident a ON a.grade = r.grade\n                     WHERE a.id = NEW.source_id::bigint\n                     ORDER BY r.nth, r.effective_from > NEW.happened_on, abs(r.effective_from - NEW.happened_on)) line\n             WHERE NOT line.revokes\n        ) THEN\n            RAISE EXCEPTION 'permit_days_of_its_grade' USING ERRCODE = 'check_violation', CONSTRAINT = 'permit_days_of_its_grade', HINT = '暂扣天数少于该等级事故的处置标准，请按事故等级推算';\n        END IF;\n    END IF;\n    RETURN NEW;\n",
                    hash="97a68ef636c7e7cee1f07fa9e853a6222ab6b618",
                    operation='INSERT OR UPDATE OF "days", "least_days", "most_days"',
                    pgid="pgtrigger_days_of_its_rule_89622",
                    table="credit_permitcase",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitrule",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="1a4c310f505ef00cfc7a8c4fc0b84e321b87cb3a",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_78d6d",
                    table="credit_permitrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitrule",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM credit_permitrule WHERE grade = NEW.grade AND nth = NEW.nth AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="7bdab0b529af3db378adccb1a22b8c8f1c63d040",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_5b672",
                    table="credit_permitrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="permitrule",
            trigger=pgtrigger.compiler.Trigger(
                name="begun_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.effective_from <= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AND (OLD.grade, OLD.nth, OLD.least_days, OLD.most_days, OLD.adds, OLD.revokes, OLD.effective_from) IS DISTINCT FROM (NEW.grade, NEW.nth, NEW.least_days, NEW.most_days, NEW.adds, NEW.revokes, NEW.effective_from))",
                    func="RAISE EXCEPTION 'begun_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'begun_stays', HINT = '本版已经施行，不能修改；请新增一版，并注明施行日期';",
                    hash="6207af303120a63ffc04b7b691d45a610b3a85a0",
                    operation="UPDATE",
                    pgid="pgtrigger_begun_stays_9e2e4",
                    table="credit_permitrule",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="repairterm",
            trigger=pgtrigger.compiler.Trigger(
                name="never_deleted",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot delete rows from % table', TG_TABLE_NAME;",
                    hash="8f7dd32e78617dbd880dcb5a3ddbaf74d1654028",
                    operation="DELETE",
                    pgid="pgtrigger_never_deleted_7d933",
                    table="credit_repairterm",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="repairterm",
            trigger=pgtrigger.compiler.Trigger(
                name="begins_later",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (NEW.effective_from < (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date)",
                    func="\n            IF TG_OP = 'UPDATE' AND NEW.effective_from = OLD.effective_from THEN\n                RETURN NEW;\n            END IF;\n            IF EXISTS (SELECT FROM credit_repairterm WHERE severity = NEW.severity AND id <> NEW.id) THEN\n                RAISE EXCEPTION 'begins_later' USING ERRCODE = 'check_violation', CONSTRAINT = 'begins_later', HINT = '新的版本须从今天或者以后施行，以前各日适用的版本不能改变';\n            END IF;\n            RETURN NEW;\n        ",
                    hash="9df3e24e30289ce48e0d4b0e25c7ecebf1a1998c",
                    operation="INSERT OR UPDATE",
                    pgid="pgtrigger_begins_later_4348e",
                    table="credit_repairterm",
                    when="BEFORE",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="repairterm",
            trigger=pgtrigger.compiler.Trigger(
                name="begun_stays",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.effective_from <= (clock_timestamp() AT TIME ZONE 'Asia/Shanghai')::date AND (OLD.severity, OLD.least_months, OLD.most_months, OLD.repairable_after, OLD.decide_days, OLD.effective_from) IS DISTINCT FROM (NEW.severity, NEW.least_months, NEW.most_months, NEW.repairable_after, NEW.decide_days, NEW.effective_from))",
                    func="RAISE EXCEPTION 'begun_stays' USING ERRCODE = 'check_violation', CONSTRAINT = 'begun_stays', HINT = '本版已经施行，不能修改；请新增一版，并注明施行日期';",
                    hash="6c208acfe02d1286c675403008ab3e80a283885f",
                    operation="UPDATE",
                    pgid="pgtrigger_begun_stays_2f8ab",
                    table="credit_repairterm",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="blacklisting",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("proposed", "checked", "notified", "objected", "listed"))),
                fields=("enterprise", "person", "list_code"),
                name="blacklisted_once",
                nulls_distinct=False,
                violation_error_message="该主体在这一名单中已有未办结的案件或者正在列",
            ),
        ),
        migrations.AddConstraint(
            model_name="blacklisting",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("listed", "removed")), _negated=True),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("listed_on__isnull", False),
                        ("listed_until__gte", models.F("listed_on")),
                        ("listed_until__isnull", False),
                        ("objection_until__isnull", False),
                        ("served_on__isnull", False),
                        models.Q(("decision_number", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="blacklisting_is_whole",
                violation_error_message="列入须先告知，并有决定文号和列入期限",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("ends_on", None),
                        ("expires_on", None),
                        ("starts_on", None),
                        ("state__in", ("proposed", "checked", "notified", "objected", "rejected")),
                    ),
                    models.Q(
                        ("decided_by__isnull", False),
                        ("ends_on__isnull", False),
                        ("ends_on__range", (models.F("starts_on"), models.F("expires_on"))),
                        ("expires_on__gt", models.F("starts_on")),
                        ("expires_on__isnull", False),
                        ("starts_on__isnull", False),
                        ("state__in", ("effective", "published", "expired", "repaired", "revoked")),
                    ),
                    _connector="OR",
                ),
                name="credit_entry_counts_when_decided",
                violation_error_message="认定生效后才计分",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("publish_until", None), ("published_on", None)),
                    models.Q(
                        ("publish_until__gte", models.F("published_on")),
                        ("publish_until__isnull", False),
                        ("published_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="credit_entry_public_for_a_term",
            ),
        ),
        migrations.AddConstraint(
            model_name="creditentry",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("starts_on__isnull", False),
                    models.Q(("published_on", None), ("repaired_on", None), ("revoked_on", None)),
                    _connector="OR",
                ),
                name="credit_entry_decided_before_it_ends",
                violation_error_message="认定生效后才能公示、修复或者撤销",
            ),
        ),
        migrations.AddConstraint(
            model_name="listtype",
            constraint=models.UniqueConstraint(
                fields=("code", "effective_from"),
                name="list_type_begins_once",
                violation_error_message="这个代码已有同一天施行的版本",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("least_days__lte", models.F("most_days")),
                    ("most_days__lte", 120),
                    models.Q(
                        models.Q(("measure", "suspend"), ("most_days__gt", 0)),
                        models.Q(("measure", "revoke"), ("most_days", 0)),
                        _connector="OR",
                    ),
                ),
                name="permit_case_days_in_order",
                violation_error_message="拟暂扣的须有 1 至 120 日的范围，拟吊销的没有天数",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitcase",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ("suspended", "reported", "released", "ended")), _negated=True),
                    models.Q(
                        ("days__gt", 0),
                        ("days__isnull", False),
                        ("until__gte", models.F("starts_on")),
                        ("until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="permit_held_for_its_days",
                violation_error_message="暂扣须有天数和起止日期",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitrule",
            constraint=models.UniqueConstraint(
                fields=("grade", "nth", "effective_from"),
                name="permit_rule_begins_once",
                violation_error_message="该事故等级和次数已有同一天施行的版本",
            ),
        ),
        migrations.AddConstraint(
            model_name="permitrule",
            constraint=models.CheckConstraint(
                condition=models.Q(("least_days__lte", models.F("most_days")), ("most_days__lte", 120)),
                name="permit_rule_days_in_order",
                violation_error_message="最少天数不能多于最多天数，最多 120 日，超过的应当吊销",
            ),
        ),
        migrations.AddConstraint(
            model_name="repairterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("repairable_after__gte", models.F("least_months")),
                    ("repairable_after__lte", models.F("most_months")),
                ),
                name="repair_term_repairable_while_public",
                violation_error_message="可申请修复的月数不能短于最短公示期，也不能长于最长公示期",
            ),
        ),
        migrations.AddConstraint(
            model_name="repairterm",
            constraint=models.CheckConstraint(
                condition=models.Q(("decide_days__range", (1, 60))),
                name="repair_term_decided_in_days",
                violation_error_message="决定期限为 1 至 60 个工作日",
            ),
        ),
        migrations.AddConstraint(
            model_name="repairterm",
            constraint=models.UniqueConstraint(
                fields=("severity", "effective_from"),
                name="repair_term_begins_once",
                violation_error_message="这一失信程度已有同一天施行的版本",
            ),
        ),
    ]
