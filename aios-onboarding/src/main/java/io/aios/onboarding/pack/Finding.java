package io.aios.onboarding.pack;

import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong with a package.
 *
 * @param kind what sort of thing
 * @param file the file, as the package names it; escaped when the name itself is the problem
 * @param expected what should be there (a digest, a name), or null
 * @param actual what is there, or null
 * @param message one sentence with the file's name
 */
public record Finding(
        Kind kind,
        String file,
        @Nullable String expected,
        @Nullable String actual,
        String message) {
    /** The sorts of findings. */
    public enum Kind {
        /** The bytes differ from the digest. */
        CHANGED,
        /** The bytes differ only in line endings, as when a version control system converts them. */
        LINE_ENDINGS,
        /** The file is not there. */
        MISSING,
        /** The file is there and nothing lists it. */
        EXTRA,
        /** The file is there under another name. */
        RENAMED,
        /** A name that is not portable, or equal to another when case is ignored. */
        NAME,
        /** Not a regular file: a link, a device, a pipe, or a file with a second name. */
        NOT_A_FILE,
        /** The manifest or {@code SHA256SUMS} is not as the format demands, or both disagree. */
        MALFORMED,
        /** What is there looks like a credential. */
        SECRET,
        /** The package is not the one that was asked for. */
        OTHER_PACKAGE
    }

    @Override
    public String toString() {
        return message;
    }
}
