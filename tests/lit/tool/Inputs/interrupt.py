"""interrupt.py COMMAND...: Ctrl-C in the middle of training, behind the second epoch; prints its status."""
import signal
import subprocess
import sys


def main():
    process = subprocess.Popen(sys.argv[1:], stderr=subprocess.PIPE, text=True)
    text = ""
    for line in process.stderr:
        text += line
        if line.startswith("epoch 2/"):
            process.send_signal(signal.SIGINT)
    print(text + f"status {process.wait()}")


if __name__ == "__main__":
    main()
