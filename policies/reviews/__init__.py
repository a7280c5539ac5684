"""Important and core data (重要数据, 核心数据): candidates, a person's judgement, the register, the report form."""
