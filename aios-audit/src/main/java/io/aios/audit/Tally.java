package io.aios.audit;

/**
 * How many entries of a tenant's log have this type and outcome, as the database counts them.
 *
 * @param type what happened
 * @param outcome how it ended
 * @param entries how many
 */
public record Tally(String type, String outcome, long entries) {}
