package io.aios.example.langchain4j;

import dev.langchain4j.agent.tool.P;
import dev.langchain4j.agent.tool.Tool;
import java.util.concurrent.atomic.AtomicInteger;

/** Ordinary LangChain4j tools that know nothing of us; they count how often they really ran. */
final class HrTools {
    private final AtomicInteger ran = new AtomicInteger();

    @Tool(name = "leave_balance", value = "Days of leave an employee has left")
    String leaveBalance(@P("employee id") String employee) {
        ran.incrementAndGet();
        return employee + " has 12 days left";
    }

    @Tool(name = "delete_employee", value = "Deletes an employee for good")
    String deleteEmployee(@P("employee id") String employee) {
        ran.incrementAndGet();
        return employee + " deleted";
    }

    @Tool(name = "payroll", value = "Looks an employee up in the payroll")
    String payroll(@P("employee id") String employee) {
        ran.incrementAndGet();
        throw new IllegalStateException("jdbc:postgresql://payroll?password=hunter2 does not know " + employee);
    }

    int ran() {
        return ran.get();
    }
}
