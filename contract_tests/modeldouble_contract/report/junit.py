"""The XML of a run that did not take place; that of a run is pytest's own."""

from xml.sax.saxutils import escape, quoteattr

from .summary import Report


def render(report: Report) -> str:
    """One test case with an error, so that what could not be checked is red."""
    told = "\n".join([report.verdict, *(text for _, text in report.broken)])
    case = f"<testcase classname={quoteattr(report.target)} name='could be checked'>"
    error = f"<error message={quoteattr(report.verdict)}>{escape(told)}</error>"
    suite = "<testsuite name='modeldouble contract' tests='1' errors='1' failures='0' skipped='0'>"
    head = "<?xml version='1.0' encoding='utf-8'?>"
    return f"{head}\n<testsuites>{suite}{case}{error}</testcase></testsuite></testsuites>\n"
