/* What is double-clicked, and what is typed: main.py in the Python that lies beside this file.
 *
 * Python's own DLL runs in this very process, so that the taskbar, the task manager and a firewall
 * name Futures Lab, and no second process waits for the first. A child of multiprocessing, which
 * starts its parent's executable, gets a plain interpreter. Built twice: with a console and without.
 */
#include <stdio.h>
#include <stdlib.h>
#include <wchar.h>
#include <windows.h>

#define LONGEST 32768
#define OURS 3 /* -X utf8 main.py */

typedef int (*RunPython)(int, wchar_t **);

static wchar_t folder[LONGEST], library[LONGEST], script[LONGEST];

static int complain(const wchar_t *what)
{
    wchar_t text[512];
    _snwprintf(text, 511, L"%ls (Windows says %lu). Install Futures Lab again.", what, GetLastError());
    text[511] = 0;
    if (GetConsoleWindow())
        fwprintf(stderr, L"Futures Lab: %ls\n", text);
    else
        MessageBoxW(NULL, text, L"Futures Lab", MB_ICONERROR);
    return 1;
}

/* Keep the folder of a path, with its last backslash. */
static void cut_name(wchar_t *path)
{
    wchar_t *last = wcsrchr(path, L'\\');
    if (last)
        last[1] = 0;
}

int wmain(int count, wchar_t **given)
{
    DWORD length = GetModuleFileNameW(NULL, folder, LONGEST - 32);
    if (length == 0 || length >= LONGEST - 32)
        return complain(L"The folder of this program has no usable name");
    cut_name(folder);
    _snwprintf(library, LONGEST, L"%lspython3.dll", folder);
    _snwprintf(script, LONGEST, L"%lssource\\main.py", folder);

    /* By its whole path, and what it needs from its own folder: never from the current one. */
    HMODULE python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    RunPython run = python ? (RunPython)(void *)GetProcAddress(python, "Py_Main") : NULL;
    if (!run)
        return complain(L"The Python of Futures Lab cannot be loaded");

    if (count > 1 && wcscmp(given[count - 1], L"--multiprocessing-fork") == 0)
        return run(count, given);

    wchar_t **all = calloc(count + OURS + 1, sizeof *all);
    if (!all)
        return complain(L"There is no memory left");
    all[0] = given[0];
    all[1] = L"-X";
    all[2] = L"utf8"; /* as everywhere else: pi goes to pipes and files of any code page */
    all[OURS] = script;
    for (int at = 1; at < count; at++)
        all[OURS + at] = given[at];
    return run(count + OURS, all);
}
