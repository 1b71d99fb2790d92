/**
 * A Spring Boot service: {@link io.aios.example.springboot.Beans} holds everything a host adds to its own application;
 * nothing of ours needs Spring.
 */
@NullMarked
package io.aios.example.springboot;

import org.jspecify.annotations.NullMarked;
