using System;
using System.IO;
using System.Text;
using Microsoft.Build.Framework;
using Microsoft.Build.Utilities;

namespace Phenaki.Build
{
    /// <summary>
    /// Copies an ELF shared library and marks one symbol-version requirement of the copy as weak, so that loaders whose
    /// libraries lack that version accept it. Only for versions whose symbols no relocation uses.
    /// </summary>
    /// <remarks>
    /// The requirement is found by walking the section .gnu.version_r (System V gABI; LSB Core, "Symbol Version Requirements"),
    /// never by offset. Where the version exists the flag changes nothing. The source file is never written.
    /// </remarks>
    public class WeakenVersionRequirement : Task
    {
        private const uint SectionTypeVersionNeeds = 0x6ffffffe;
        private const ushort VersionFlagWeak = 0x2;

        [Required]
        public string Source { get; set; }

        [Required]
        public string Destination { get; set; }

        /// <summary>Name of the version, as in GLIBCXX_3.4.32.</summary>
        [Required]
        public string Version { get; set; }

        public override bool Execute()
        {
            byte[] elf = File.ReadAllBytes(Source);
            if (elf.Length < 64 || elf[0] != 0x7f || elf[1] != 'E' || elf[2] != 'L' || elf[3] != 'F' || elf[4] != 2 || elf[5] != 1)
            {
                Log.LogError("{0} is not a 64-bit little-endian ELF file.", Source);
                return false;
            }

            int count = Weaken(elf, Version);
            Log.LogMessage(MessageImportance.Low, "{0}: {1} requirement(s) on {2} marked weak.", Destination, count, Version);

            // Written aside and renamed: projects that build side by side share the copy.
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(Destination)));
            string aside = Destination + "." + System.Diagnostics.Process.GetCurrentProcess().Id + "." + Path.GetRandomFileName();
            File.WriteAllBytes(aside, elf);
            try
            {
                File.Move(aside, Destination);
            }
            catch (IOException) when (File.Exists(Destination))
            {
                File.Delete(aside);
            }

            return true;
        }

        private static int Weaken(byte[] elf, string version)
        {
            long sections = BitConverter.ToInt64(elf, 0x28);
            int entrySize = BitConverter.ToUInt16(elf, 0x3a);
            int sectionCount = BitConverter.ToUInt16(elf, 0x3c);
            int weakened = 0;
            for (int i = 0; i < sectionCount; i++)
            {
                int header = checked((int)(sections + (long)i * entrySize));
                if (BitConverter.ToUInt32(elf, header + 4) != SectionTypeVersionNeeds)
                {
                    continue;
                }

                int needs = checked((int)BitConverter.ToInt64(elf, header + 0x18));
                int stringSection = checked((int)(sections + (long)BitConverter.ToUInt32(elf, header + 0x28) * entrySize));
                int strings = checked((int)BitConverter.ToInt64(elf, stringSection + 0x18));

                // Verneed: version, count, file, first auxiliary, next. Vernaux: hash, flags, other, name, next.
                for (int need = needs, nextNeed = -1; nextNeed != 0; need += nextNeed)
                {
                    int auxiliary = need + BitConverter.ToInt32(elf, need + 8);
                    for (int nextAuxiliary = -1; nextAuxiliary != 0; auxiliary += nextAuxiliary)
                    {
                        int name = strings + BitConverter.ToInt32(elf, auxiliary + 8);
                        int length = Array.IndexOf(elf, (byte)0, name) - name;
                        if (Encoding.ASCII.GetString(elf, name, length) == version)
                        {
                            ushort flags = (ushort)(BitConverter.ToUInt16(elf, auxiliary + 4) | VersionFlagWeak);
                            BitConverter.GetBytes(flags).CopyTo(elf, auxiliary + 4);
                            weakened++;
                        }

                        nextAuxiliary = BitConverter.ToInt32(elf, auxiliary + 12);
                    }

                    nextNeed = BitConverter.ToInt32(elf, need + 12);
                }
            }

            return weakened;
        }
    }
}
