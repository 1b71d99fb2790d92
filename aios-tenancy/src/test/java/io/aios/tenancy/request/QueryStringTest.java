package io.aios.tenancy.request;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class QueryStringTest {
    @Test
    void findsEveryValueHoweverItsNameIsWritten() {
        assertThat(QueryString.values("a=1&org_id=x&org%5Fid=y+z&b&org_id", "org_id"))
                .containsExactly("x", "y z", "");
        assertThat(QueryString.values("", "org_id")).isEmpty();
        assertThat(QueryString.values("Org_Id=x&org_id[]=y", "org_id")).isEmpty();
    }

    @Test
    void handsOnWhatCannotBeDecoded() {
        assertThat(QueryString.values("org_id=%zz&%=1", "org_id")).containsExactly("%zz");
    }
}
