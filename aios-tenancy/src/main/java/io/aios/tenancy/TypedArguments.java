package io.aios.tenancy;

import java.lang.reflect.Type;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jspecify.annotations.Nullable;

/** Binds times with a type, which {@code java.sql.Timestamp} has not, and knows PostgreSQL's names of array types. */
final class TypedArguments implements ArgumentFactory {
    static void install(Jdbi jdbi) {
        jdbi.registerArgument(new TypedArguments());
        jdbi.registerArrayType(String.class, "text");
        jdbi.registerArrayType(UUID.class, "uuid");
        jdbi.registerArrayType(Integer.class, "int4");
        jdbi.registerArrayType(int.class, "int4");
        jdbi.registerArrayType(Long.class, "int8");
        jdbi.registerArrayType(long.class, "int8");
        jdbi.registerArrayType(Double.class, "float8");
        jdbi.registerArrayType(Boolean.class, "bool");
        jdbi.registerArrayType(OffsetDateTime.class, "timestamptz");
    }

    @Override
    public Optional<Argument> build(Type type, @Nullable Object value, ConfigRegistry config) {
        Object typed = typed(value);
        if (typed == null) {
            return Optional.empty();
        }
        return Optional.of((position, statement, context) -> statement.setObject(position, typed));
    }

    private static @Nullable Object typed(@Nullable Object value) {
        if (value instanceof Instant instant) {
            return instant.atOffset(ZoneOffset.UTC);
        }
        if (value instanceof ZonedDateTime zoned) {
            return zoned.toOffsetDateTime();
        }
        boolean typed = value instanceof OffsetDateTime || value instanceof LocalDateTime || value instanceof LocalDate;
        return typed ? value : null;
    }
}
