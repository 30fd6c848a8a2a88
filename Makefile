# The two commands anyone needs, and the quick one for an edit. On a fresh Debian 12 or 13 machine
# with git, python3 and make, each installs what it needs first (see tools/bootstrap).

.PHONY: demo test check soak

demo:
	@tools/bootstrap demo
	@.venv/bin/python -m xrviewer demo knee --out out

test:
	@tools/bootstrap test
	@tools/check

# Everything of `make test` but the tests that take longer than ten seconds.
check:
	@tools/bootstrap test
	@tools/check --quick

# Twenty minutes of a scripted visitor who uses everything, in the headset's test bed.
soak:
	@tools/bootstrap test
	@[ -d out/knee-demo ] || .venv/bin/python tools/make_demo_cases.py knee --out out
	@.venv/bin/python tools/xr_sandbox run -- python tools/soak out/knee-demo
