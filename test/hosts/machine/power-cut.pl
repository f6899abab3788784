#!/usr/bin/perl
# Ends file systems as a power cut does: what no fsync has brought to the disk is gone. Only those whose disk is a file in
# FOLDER, because the same order ends a machine's own file system as readily.
# usage: power-cut.pl FOLDER MOUNT-POINT...
use strict;
use warnings;
use Cwd qw(realpath);

# FS_IOC_SHUTDOWN, _IOR('X', 125, __u32), of ext4 and XFS; 2: flush neither data nor the log (linux/fs.h, xfs_fs.h).
my ($SHUTDOWN, $NO_LOG_FLUSH) = (0x8004587D, 2);
my ($folder, @places) = @ARGV;
$folder = realpath($folder) // die "no such folder\n";

# The file behind the disk that an open handle is on; empty when it is no loop device.
sub backing_file {
    my ($handle) = @_;
    my $device = (stat $handle)[0];
    my ($major, $minor) = (($device >> 8) & 0xfff, ($device & 0xff) | (($device >> 12) & 0xfff00));
    open(my $file, '<', "/sys/dev/block/$major:$minor/loop/backing_file") or return '';
    chomp(my $name = <$file> // '');
    return $name;
}

my @handles;
for my $place (@places) {
    open(my $handle, '<', $place) or die "$place: $!\n";
    index(backing_file($handle), "$folder/") == 0 or die "$place is no disk of $folder\n";
    push @handles, $handle;
}
for my $handle (@handles) {
    my $how = pack('L', $NO_LOG_FLUSH);
    ioctl($handle, $SHUTDOWN, $how) or die "cannot end a file system: $!\n";
}
