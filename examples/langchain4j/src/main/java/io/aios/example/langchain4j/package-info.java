/**
 * LangChain4j agents whose tools go through our executors: blocked in a simulation, asked about and recorded in a real
 * run. Start at {@link io.aios.example.langchain4j.Agent}; {@link io.aios.example.langchain4j.GovernedTools} is the whole
 * adapter.
 */
@NullMarked
package io.aios.example.langchain4j;

import org.jspecify.annotations.NullMarked;
