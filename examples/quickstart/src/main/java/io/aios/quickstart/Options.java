package io.aios.quickstart;

import io.aios.tenancy.OrgId;
import io.aios.tenancy.TenancyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/**
 * What the caller chose.
 *
 * @param request text of the request to decide
 * @param tenant whose request it is
 * @param fixtures a fixture file or a folder of them, to run through the same path
 * @param out folder for trace, package and report
 */
record Options(String request, OrgId tenant, Optional<Path> fixtures, Path out) {
    static final String USAGE =
            "options: --request TEXT  --tenant ORG  --fixtures FILE-OR-FOLDER  --out FOLDER (default target/quickstart)";

    static Options parse(List<String> args) {
        String request = "I need to request FMLA leave for medical treatment";
        Optional<OrgId> tenant = Optional.empty();
        Optional<Path> fixtures = Optional.empty();
        Path out = Path.of("target", "quickstart");
        for (Iterator<String> rest = args.iterator(); rest.hasNext(); ) {
            String option = rest.next();
            switch (option) {
                case "--request" -> request = value(option, rest);
                case "--tenant" -> tenant = Optional.of(tenant(value(option, rest)));
                case "--fixtures" -> fixtures = Optional.of(existing(value(option, rest)));
                case "--out" -> out = Path.of(value(option, rest));
                default -> throw new IllegalArgumentException("unknown option " + option + "; " + USAGE);
            }
        }
        if (fixtures.isPresent() && tenant.isPresent()) {
            throw new IllegalArgumentException("--tenant goes with --request; each fixture names its own tenant");
        }
        return new Options(request, tenant.orElse(OrgId.of("cleveland-gov")), fixtures, out);
    }

    private static OrgId tenant(String text) {
        try {
            return OrgId.of(text);
        } catch (TenancyException e) {
            throw new IllegalArgumentException("--tenant: " + e.getMessage(), e);
        }
    }

    private static Path existing(String path) {
        if (!Files.exists(Path.of(path))) {
            throw new IllegalArgumentException(
                    "no such file or folder: " + Path.of(path).toAbsolutePath());
        }
        return Path.of(path);
    }

    private static String value(String option, Iterator<String> rest) {
        if (!rest.hasNext()) {
            throw new IllegalArgumentException(option + " needs a value; " + USAGE);
        }
        return rest.next();
    }
}
