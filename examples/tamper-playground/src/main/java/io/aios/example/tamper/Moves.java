package io.aios.example.tamper;

import java.util.List;

/** Attacks to begin with, from clumsy to skilled, against the log of {@code cleveland-gov}. */
final class Moves {
    /**
     * An attack.
     *
     * @param title what it tries
     * @param sql how
     */
    record Move(String title, String sql) {}

    static final List<Move> ALL = List.of(
            new Move("flip one bit of entry 2", """
                    update aios_audit.entry set leaf = set_bit(leaf, 200, 1 - get_bit(leaf, 200))
                     where org = 'cleveland-gov' and seq = 2"""),
            new Move("say 'permit' where entry 3 says 'deny', in the column that reports query", """
                    update aios_audit.entry set outcome = 'permit' where org = 'cleveland-gov' and seq = 3"""),
            new Move("the same in the leaf and its hash, so that entry 3 fits itself", """
                    with forged as (select convert_to(replace(convert_from(leaf, 'UTF8'), '"deny"', '"permit"'), 'UTF8') leaf
                                      from aios_audit.entry where org = 'cleveland-gov' and seq = 3)
                    update aios_audit.entry e
                       set outcome = 'permit', leaf = f.leaf, entry_hash = sha256('\\x00'::bytea || f.leaf)
                      from forged f where e.org = 'cleveland-gov' and e.seq = 3"""),
            new Move("delete what was said in entry 3", """
                    delete from aios_audit.payload where org = 'cleveland-gov' and seq = 3"""),
            new Move("cut off the end", """
                    with cut as (delete from aios_audit.entry where org = 'cleveland-gov' and seq >= 3 returning org, seq)
                    delete from aios_audit.payload p using cut c where p.org = c.org and p.seq = c.seq"""),
            new Move("rewrite history from entry 3 on, with every hash recomputed", """
                    do $$
                    declare e record; forged bytea; prev bytea;
                    begin
                      for e in select * from aios_audit.entry where org = 'cleveland-gov' and seq >= 3 order by seq loop
                        forged := convert_to(replace(convert_from(e.leaf, 'UTF8'), '"deny"', '"permit"'), 'UTF8');
                        if prev is not null then
                          forged := convert_to(regexp_replace(convert_from(forged, 'UTF8'),
                              '"prev":"[0-9a-f]{64}"', '"prev":"' || encode(prev, 'hex') || '"'), 'UTF8');
                        end if;
                        prev := sha256('\\x00'::bytea || forged);
                        update aios_audit.entry set leaf = forged, entry_hash = prev,
                            outcome = replace(outcome, 'deny', 'permit') where org = e.org and seq = e.seq;
                      end loop;
                    end $$"""),
            new Move("delete a whole tenant", """
                    with gone as (delete from aios_audit.entry where org = 'dayton-gov'),
                         said as (delete from aios_audit.payload where org = 'dayton-gov')
                    delete from aios_audit.tenant_log where org = 'dayton-gov'"""));

    private Moves() {}
}
