/**
 * A game: you are the superuser of the audit database, change what you like, and see what the verifier says. Start at
 * {@link io.aios.example.tamper.Playground}.
 */
@NullMarked
package io.aios.example.tamper;

import org.jspecify.annotations.NullMarked;
