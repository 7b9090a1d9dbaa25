"""A Windows job object: all processes in it end when its last handle closes.

Written to Microsoft's documentation; tried under wine (`make try-windows`), not yet on Windows.
"""

import ctypes
import sys

if sys.platform == "win32":
    from ctypes import wintypes

    _EXTENDED_LIMIT_INFORMATION = 9
    _LIMIT_KILL_ON_JOB_CLOSE = 0x2000
    CREATE_SUSPENDED = 0x4

    class _BasicLimits(ctypes.Structure):
        _fields_ = (
            ("PerProcessUserTimeLimit", wintypes.LARGE_INTEGER),
            ("PerJobUserTimeLimit", wintypes.LARGE_INTEGER),
            ("LimitFlags", wintypes.DWORD),
            ("MinimumWorkingSetSize", ctypes.c_size_t),
            ("MaximumWorkingSetSize", ctypes.c_size_t),
            ("ActiveProcessLimit", wintypes.DWORD),
            ("Affinity", ctypes.c_size_t),
            ("PriorityClass", wintypes.DWORD),
            ("SchedulingClass", wintypes.DWORD),
        )

    class _ExtendedLimits(ctypes.Structure):
        _fields_ = (
            ("BasicLimitInformation", _BasicLimits),
            ("IoInfo", ctypes.c_ulonglong * 6),
            ("ProcessMemoryLimit", ctypes.c_size_t),
            ("JobMemoryLimit", ctypes.c_size_t),
            ("PeakProcessMemoryUsed", ctypes.c_size_t),
            ("PeakJobMemoryUsed", ctypes.c_size_t),
        )

    class KillOnCloseJob:
        """Hold one process, given by its handle, and all that it starts; raises OSError.

        The process must have been started with CREATE_SUSPENDED, so that it starts nothing before
        it is in the job; it runs from here on.
        """

        def __init__(self, process_handle: int) -> None:
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.CreateJobObjectW.restype = wintypes.HANDLE
            self._job = wintypes.HANDLE(self._check(self._kernel.CreateJobObjectW(None, None)))
            limits = _ExtendedLimits()
            limits.BasicLimitInformation.LimitFlags = _LIMIT_KILL_ON_JOB_CLOSE
            self._check(
                self._kernel.SetInformationJobObject(
                    self._job,
                    _EXTENDED_LIMIT_INFORMATION,
                    ctypes.byref(limits),
                    ctypes.sizeof(limits),
                )
            )
            self._check(
                self._kernel.AssignProcessToJobObject(self._job, wintypes.HANDLE(process_handle))
            )
            if ctypes.WinDLL("ntdll").NtResumeProcess(wintypes.HANDLE(process_handle)):
                raise OSError("the process could not be resumed")

        def terminate(self) -> None:
            """End every process in the job; harmless when there is none left."""
            self._kernel.TerminateJobObject(self._job, 1)

        def close(self) -> None:
            """Give the handle back; processes still in the job end with it."""
            self._kernel.CloseHandle(self._job)

        def _check(self, answer: int) -> int:
            if not answer:
                raise ctypes.WinError(ctypes.get_last_error())
            return answer
