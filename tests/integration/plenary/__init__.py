"""The plenary of tests/integration/test_plenary.py."""

import pytest

pytest.register_assert_rewrite("tests.integration.plenary.checks")
